// tar: what is in a tar file, or one file out of it.
//
//   argv[1]  list (also without arguments) or file=NAME
//   /data    the tar file; without it the body of the request
//   exit     64 bad arguments, or no such file in it; 65 it is no tar file, or is cut; 74 not readable
//
// Formats: v7, ustar (with prefix), GNU (long names, base-256 sizes), pax (path and size). A compressed
// tar file is none. Of a list nothing but headers is read: over /data the content is skipped by seeking,
// so that listing a file of gigabytes touches a few blocks of it.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  EXIT_USAGE = 64,
  EXIT_DATA = 65,
  EXIT_READ = 74,
  BLOCK = 512,
  MAX_NAME = 4096,
  MAX_PAX = 64 * 1024,
  BUFFER = 64 * 1024
};

// Of a file in a tar file; a longer one does not fit into 63 bits with its padding.
static const uint64_t MAX_SIZE = UINT64_C(1) << 60;

struct input {
  FILE *file;
  bool seekable;
};

struct entry {
  char name[MAX_NAME + 1];
  char link[101];
  uint64_t size;
  uint64_t mode;
  char type;
};

static _Noreturn void fail(int code, const char *message) {
  fputs("tar: ", stderr);
  fputs(message, stderr);
  fputc('\n', stderr);
  exit(code);
}

static void read_fully(struct input *in, void *target, size_t size) {
  if (fread(target, 1, size, in->file) == size) return;
  if (ferror(in->file)) fail(EXIT_READ, "the input could not be read");
  fail(EXIT_DATA, "it ends in the middle of an entry");
}

static uint64_t padded(uint64_t size) { return (size + BLOCK - 1) / BLOCK * BLOCK; }

// Copies or skips; what is skipped of a seekable input is never read.
static void pass(struct input *in, uint64_t size, FILE *out) {
  static char buffer[BUFFER];
  if (!out && in->seekable) {
    // Not beyond the end: the last byte is read, so that a cut file is told from a whole one.
    if (size == 0) return;
    if (fseeko(in->file, (off_t)(size - 1), SEEK_CUR) != 0) fail(EXIT_READ, "cannot seek in the input");
    read_fully(in, buffer, 1);
    return;
  }
  while (size > 0) {
    size_t part = size < BUFFER ? (size_t)size : BUFFER;
    read_fully(in, buffer, part);
    if (out && fwrite(buffer, 1, part, out) != part) fail(EXIT_READ, "the answer could not be written");
    size -= part;
  }
}

// Octal digits after blanks, or GNU's base 256 when the first bit is set.
static uint64_t number(const unsigned char *field, size_t length) {
  uint64_t value = 0;
  size_t at = 0;
  if (field[0] & 0x80) {
    for (value = field[0] & 0x3f, at = 1; at < length; at++) {
      if (value > MAX_SIZE >> 8) fail(EXIT_DATA, "a number in a header is too large");
      value = value << 8 | field[at];
    }
    return value;
  }
  while (at < length && field[at] == ' ') at++;
  for (; at < length && field[at] >= '0' && field[at] <= '7'; at++) value = value * 8 + (field[at] - '0');
  if (at < length && field[at] != ' ' && field[at] != '\0') fail(EXIT_DATA, "it is no tar file: a number in a header is none");
  return value;
}

static bool is_zero(const unsigned char *block) {
  for (int i = 0; i < BLOCK; i++)
    if (block[i]) return false;
  return true;
}

// The sum of all bytes, the field of the sum taken as blanks.
static void check_sum(const unsigned char *header) {
  uint64_t sum = 0;
  for (int i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : header[i];
  if (sum != number(header + 148, 8)) fail(EXIT_DATA, "it is no tar file: the sum of a header is wrong");
}

static void append(char *target, const unsigned char *text, size_t length) {
  size_t at = strlen(target);
  for (size_t i = 0; i < length && text[i] && at < MAX_NAME; i++) target[at++] = (char)text[i];
  target[at] = '\0';
}

// Records "length key=value\n" of a pax header; of all keys only path and size matter here.
static void pax(char *text, size_t length, struct entry *next, bool *sized) {
  for (size_t at = 0; at < length;) {
    char *end;
    unsigned long record = strtoul(text + at, &end, 10);
    size_t head = (size_t)(end - (text + at)) + 1;
    if (*end != ' ' || record <= head || record > length - at || text[at + record - 1] != '\n')
      fail(EXIT_DATA, "a pax header is malformed");
    text[at + record - 1] = '\0';
    if (strncmp(end + 1, "path=", 5) == 0) {
      next->name[0] = '\0';
      append(next->name, (unsigned char *)end + 6, MAX_NAME);
    } else if (strncmp(end + 1, "size=", 5) == 0) {
      next->size = strtoull(end + 6, NULL, 10);
      *sized = true;
    }
    at += record;
  }
}

// The next entry with its header read and its content not; false at the end.
static bool next_entry(struct input *in, struct entry *entry) {
  static unsigned char header[BLOCK];
  static char extension[MAX_PAX + 1];
  bool sized = false;
  entry->name[0] = '\0';
  for (;;) {
    size_t got = fread(header, 1, BLOCK, in->file);
    if (ferror(in->file)) fail(EXIT_READ, "the input could not be read");
    if (got == 0) fail(EXIT_DATA, "it ends without the block of zeros that ends a tar file");
    if (got < BLOCK) fail(EXIT_DATA, "it is no tar file, or is cut");
    if (is_zero(header)) return false;
    check_sum(header);
    uint64_t size = number(header + 124, 12);
    char type = (char)header[156];
    if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
      if (size > MAX_PAX) fail(EXIT_DATA, "an extended header is longer than 64 KiB");
      read_fully(in, extension, (size_t)size);
      extension[size] = '\0';
      pass(in, padded(size) - size, NULL);
      if (type == 'x') pax(extension, (size_t)size, entry, &sized);
      if (type == 'L') {
        entry->name[0] = '\0';
        append(entry->name, (unsigned char *)extension, (size_t)size);
      }
      continue;
    }
    if (!sized) entry->size = size;
    if (entry->size > MAX_SIZE) fail(EXIT_DATA, "a size is too large");
    if (entry->name[0] == '\0') {
      if (memcmp(header + 257, "ustar\0", 6) == 0 && header[345]) {
        append(entry->name, header + 345, 155);
        append(entry->name, (const unsigned char *)"/", 1);
      }
      append(entry->name, header, 100);
    }
    memcpy(entry->link, header + 157, 100);
    entry->mode = number(header + 100, 8) & 07777;
    entry->type = type == '\0' || type == '7' ? '0' : type;
    return true;
  }
}

// A line end in a name would forge a line of the list.
static void escaped(const char *text) {
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte < 0x20 || byte == 0x7f || byte == '\\') {
      printf("\\%03o", byte);
    } else {
      putchar(byte);
    }
  }
}

// One line an entry: type and mode, size, name.
static void list(const struct entry *entry) {
  static const char types[] = "-hlcbdp";
  char kind = entry->type >= '0' && entry->type <= '6' ? types[entry->type - '0'] : '?';
  printf("%c %04o %12llu ", kind, (unsigned)entry->mode, (unsigned long long)entry->size);
  escaped(entry->name);
  if (entry->type == '1' || entry->type == '2') {
    fputs(" -> ", stdout);
    escaped(entry->link);
  }
  putchar('\n');
}

static struct input open_input(void) {
  struct stat status;
  struct input in = {stdin, false};
  if (stat("/data", &status) == 0) {
    if (!S_ISREG(status.st_mode)) fail(EXIT_USAGE, "the input is a folder, not a tar file");
    in.file = fopen("/data", "rb");
    in.seekable = true;
    if (!in.file) fail(EXIT_READ, "the input could not be opened");
  }
  return in;
}

int main(int argc, char **argv) {
  static struct entry entry;
  const char *wanted = argc == 2 && strncmp(argv[1], "file=", 5) == 0 ? argv[1] + 5 : NULL;
  if (argc > 2 || (wanted && !*wanted) || (argc == 2 && !wanted && strcmp(argv[1], "list") != 0))
    fail(EXIT_USAGE, "takes list or file=NAME, nothing else");
  struct input in = open_input();
  while (next_entry(&in, &entry)) {
    bool found = wanted && entry.type == '0' && strcmp(entry.name, wanted) == 0;
    if (!wanted) list(&entry);
    // Links and folders have a size now and then, and never content.
    uint64_t content = entry.type >= '1' && entry.type <= '6' ? 0 : entry.size;
    pass(&in, content, found ? stdout : NULL);
    if (found) return fflush(stdout) == 0 ? 0 : EXIT_READ;
    pass(&in, padded(content) - content, NULL);
  }
  if (wanted) fail(EXIT_USAGE, "there is no file of that name in it: ask for list");
  return fflush(stdout) == 0 ? 0 : EXIT_READ;
}
