// Rows on their way into groups and back: the fields that a question uses, as they stand in the file.
//
// A row is the number of its file, then for each used column one number and the bytes of the field; the
// number is 0 where the record was too short, else one more than size, doubled and quoted together.

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { MAX_VARINT = 5 };

static char *put_number(char *target, uint32_t number) {
  for (; number >= 0x80; number >>= 7) *target++ = (char)(number | 0x80);
  *target++ = (char)number;
  return target;
}

static const char *get_number(const char *from, uint32_t *number) {
  unsigned shift = 0;
  *number = 0;
  do {
    *number |= (uint32_t)(*from & 0x7f) << shift;
    shift += 7;
  } while (*from++ & 0x80);
  return from;
}

static bool is_used(const struct plan *plan, uint32_t column) { return plan->used >> column & 1; }

// Fields of the record that go into the row; text is checked here, where its line is known.
static bool measure(const struct plan *plan, struct csv *csv, size_t *size) {
  *size = MAX_VARINT;
  for (uint32_t i = 0; i < plan->wanted; i++) {
    if (!is_used(plan, i)) continue;
    *size += MAX_VARINT;
    if (i >= csv->count) continue;
    *size += csv->fields[i].size;
    if (utf8_valid(csv->record + csv->fields[i].at, csv->fields[i].size)) continue;
    csv_fault(csv, "column %u is not UTF-8", i + 1);
    return false;
  }
  return true;
}

// A buffer that grows and stays; a question has one thread.
static char *room_for(size_t size) {
  static char *buffer;
  static size_t room;
  if (size > room) {
    free(buffer);
    room = size * 2;
    buffer = malloc(room);
    if (!buffer) fail_memory();
  }
  return buffer;
}

static size_t write_key(char *target, const struct plan *plan, const enum kind *kinds, const struct csv *csv) {
  size_t size = 0;
  for (uint32_t i = 0; i < plan->keys; i++) {
    uint32_t column = plan->key[i];
    size += column < csv->count ? value_key(target + size, kinds[column], csv->record + csv->fields[column].at,
                                            &csv->fields[column])
                                : key_null(target + size);
  }
  return size;
}

static size_t key_room(const struct plan *plan, const struct csv *csv) {
  size_t size = 0;
  for (uint32_t i = 0; i < plan->keys; i++)
    size += MAX_NUMBER_KEY + (plan->key[i] < csv->count ? csv->fields[plan->key[i]].size : 0);
  return size;
}

static size_t write_row(char *target, const struct plan *plan, const struct csv *csv, uint32_t source) {
  char *at = put_number(target, source);
  for (uint32_t i = 0; i < plan->wanted; i++) {
    if (!is_used(plan, i)) continue;
    const struct field *field = &csv->fields[i];
    if (i >= csv->count) {
      at = put_number(at, 0);
      continue;
    }
    at = put_number(at, 1 + (field->size << 2 | (uint32_t)field->doubled << 1 | (uint32_t)field->quoted));
    memcpy(at, csv->record + field->at, field->size);
    at += field->size;
  }
  return (size_t)(at - target);
}

bool gather(struct groups *groups, const struct plan *plan, const enum kind *kinds, struct csv *csv, uint32_t source) {
  size_t row_room;
  if (!measure(plan, csv, &row_room)) return false;
  char *row = room_for(row_room + key_room(plan, csv));
  char *key = row + row_room;
  size_t row_size = write_row(row, plan, csv, source);
  size_t key_size = write_key(key, plan, kinds, csv);
  memcpy(groups_add(groups, key, key_size, row_size), row, row_size);
  return true;
}

size_t gathered(const char *row, const struct plan *plan, struct field *fields, uint32_t *count, uint32_t *source) {
  const char *at = get_number(row, source);
  *count = plan->wanted;
  for (uint32_t i = 0; i < plan->wanted; i++) {
    uint32_t number = 0;
    if (is_used(plan, i)) at = get_number(at, &number);
    // A field that is not there is as an empty one: NULL.
    number = number ? number - 1 : 0;
    fields[i] = (struct field){(uint32_t)(at - row), number >> 2, number & 1, number >> 1 & 1};
    at += number >> 2;
  }
  return (size_t)(at - row);
}
