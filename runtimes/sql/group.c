// Rows gathered by the value of some columns: what GROUP BY needs, without sorting all rows.
//
// A row is handed back with the others of its group, the groups in the order of their keys. A key is
// written so that comparing bytes is comparing values as SQLite does: NULL, then numbers, then text.
// Everything is in one arena, which goes with the groups.

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { BLOCK = 64 << 10, FIRST_CHUNK = 48, MAX_CHUNK = 4 << 10, FIRST_SLOTS = 256 };

struct block {
  struct block *before;
  char bytes[];
};

struct chunk {
  struct chunk *next;
  uint32_t size, room;
  char bytes[];
};

struct group {
  uint32_t hash, key_size;
  struct chunk *first, *last;
  char key[];
};

struct groups {
  struct block *blocks;
  size_t used, room;  // of the newest block
  struct group **slots;
  uint32_t slot_count, count;
  uint32_t at;  // the group that is being read
  struct chunk *chunk;
  uint32_t offset;
};

static void *allocate(struct groups *groups, size_t size) {
  size = (size + 7) & ~(size_t)7;
  if (groups->room - groups->used < size) {
    size_t room = size > BLOCK ? size : BLOCK;
    struct block *block = malloc(sizeof *block + room);
    if (!block) fail_memory();
    block->before = groups->blocks;
    groups->blocks = block;
    groups->used = 0;
    groups->room = room;
  }
  void *made = groups->blocks->bytes + groups->used;
  groups->used += size;
  return made;
}

struct groups *groups_new(void) {
  struct groups *groups = calloc(1, sizeof *groups);
  struct group **slots = calloc(FIRST_SLOTS, sizeof *slots);
  if (!groups || !slots) fail_memory();
  groups->slots = slots;
  groups->slot_count = FIRST_SLOTS;
  return groups;
}

void groups_free(struct groups *groups) {
  if (!groups) return;
  for (struct block *block = groups->blocks, *before; block; block = before) {
    before = block->before;
    free(block);
  }
  free(groups->slots);
  free(groups);
}

static uint32_t hash_of(const char *key, size_t size) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)key[i]) * 16777619u;
  return hash ^ hash >> 15;
}

static void grow(struct groups *groups) {
  uint32_t count = groups->slot_count * 2;
  struct group **slots = calloc(count, sizeof *slots);
  if (!slots) fail_memory();
  for (uint32_t i = 0; i < groups->slot_count; i++) {
    struct group *group = groups->slots[i];
    if (!group) continue;
    uint32_t slot = group->hash & (count - 1);
    while (slots[slot]) slot = (slot + 1) & (count - 1);
    slots[slot] = group;
  }
  free(groups->slots);
  groups->slots = slots;
  groups->slot_count = count;
}

static struct group *find(struct groups *groups, const char *key, size_t size) {
  uint32_t hash = hash_of(key, size);
  uint32_t slot = hash & (groups->slot_count - 1);
  for (struct group *group; (group = groups->slots[slot]); slot = (slot + 1) & (groups->slot_count - 1))
    if (group->hash == hash && group->key_size == size && memcmp(group->key, key, size) == 0) return group;
  struct group *made = allocate(groups, sizeof *made + size);
  *made = (struct group){.hash = hash, .key_size = (uint32_t)size};
  memcpy(made->key, key, size);
  groups->slots[slot] = made;
  if (++groups->count > groups->slot_count / 2) grow(groups);
  return made;
}

// Room for a row at the end of a group; chunks double, so that small groups are small.
char *groups_add(struct groups *groups, const char *key, size_t key_size, size_t row_size) {
  struct group *group = find(groups, key, key_size);
  struct chunk *last = group->last;
  if (!last || last->room - last->size < row_size) {
    size_t room = !last ? FIRST_CHUNK : last->room < MAX_CHUNK ? last->room * 2 : MAX_CHUNK;
    if (room < row_size) room = row_size;
    struct chunk *chunk = allocate(groups, sizeof *chunk + room);
    *chunk = (struct chunk){.room = (uint32_t)room};
    if (last) last->next = chunk; else group->first = chunk;
    group->last = last = chunk;
  }
  char *row = last->bytes + last->size;
  last->size += (uint32_t)row_size;
  return row;
}

static int by_key(const void *one, const void *other) {
  const struct group *a = *(struct group *const *)one, *b = *(struct group *const *)other;
  size_t size = a->key_size < b->key_size ? a->key_size : b->key_size;
  int order = memcmp(a->key, b->key, size);
  return order ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

void groups_ready(struct groups *groups) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < groups->slot_count; i++)
    if (groups->slots[i]) groups->slots[count++] = groups->slots[i];
  if (count > 1) qsort(groups->slots, count, sizeof *groups->slots, by_key);
  groups->at = 0;
  groups->chunk = count > 0 ? groups->slots[0]->first : NULL;
  groups->offset = 0;
}

const char *groups_row(struct groups *groups) {
  while (groups->chunk && groups->offset == groups->chunk->size) {
    groups->chunk = groups->chunk->next;
    groups->offset = 0;
    if (!groups->chunk && ++groups->at < groups->count) groups->chunk = groups->slots[groups->at]->first;
  }
  return groups->chunk ? groups->chunk->bytes + groups->offset : NULL;
}

void groups_step(struct groups *groups, size_t row_size) { groups->offset += (uint32_t)row_size; }

// --- keys ---

static size_t write_number(char *target, double value, int rest) {
  uint64_t bits;
  if (value == 0) value = 0;  // minus zero is zero
  memcpy(&bits, &value, 8);
  bits = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
  *target++ = 1;
  for (int shift = 56; shift >= 0; shift -= 8) *target++ = (char)(bits >> shift);
  *target++ = (char)((rest + 0x8000) >> 8);
  *target = (char)(rest + 0x8000);
  return MAX_NUMBER_KEY;
}

size_t key_null(char *target) {
  *target = 0;
  return 1;
}

size_t key_real(char *target, double value) { return write_number(target, value, 0); }

// An integer beyond 2^53 is the next double and how far it is from it.
size_t key_integer(char *target, int64_t value) {
  double near = (double)value;
  int rest = near >= 0x1p63 ? (int)((uint64_t)value - (UINT64_C(1) << 63)) : (int)(value - (int64_t)near);
  return write_number(target, near, rest);
}

size_t key_text(char *target, const char *text, size_t size) {
  *target = 2;
  memmove(target + 1, text, size);
  target[size + 1] = 0;
  return size + 2;
}
