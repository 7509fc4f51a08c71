// Records of a CSV file (RFC 4180), read in pieces of 64 KiB.
//
// A record is parsed when the window holds all of it; what is cut off at the end of the window is moved
// to its front and more is read. A quote opens a field only as its first byte; elsewhere it is text.
// Records end with LF or CRLF, the last one also with the end of the file; empty lines are none.

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql.h"

enum { PIECE = 64 << 10 };

static const uint64_t LOW = UINT64_C(0x7f7f7f7f7f7f7f7f);
static const uint64_t ONES = UINT64_C(0x0101010101010101);

void csv_fault(struct csv *csv, const char *sentence, ...) {
  va_list values;
  if (csv->fault) return;
  va_start(values, sentence);
  char *what = sqlite3_vmprintf(sentence, values);
  va_end(values);
  csv->fault = sqlite3_mprintf("%s line %llu: %s", csv->name, csv->line, what ? what : "no memory");
  sqlite3_free(what);
}

// Reads one piece behind the window, which has at most MAX_RECORD bytes; false at a fault.
static bool fill(struct csv *csv) {
  if (csv->start > 0) {
    memmove(csv->window, csv->window + csv->start, csv->end - csv->start);
    csv->end -= csv->start;
    csv->start = 0;
  }
  if (csv->room - csv->end < PIECE) {
    size_t room = csv->room ? csv->room * 2 : 2 * PIECE;
    char *larger = realloc(csv->window, room);
    if (!larger) fail(EXIT_MEMORY, "no memory is left to read %s", csv->name);
    csv->window = larger;
    csv->room = room;
  }
  ssize_t got = pread(csv->file, csv->window + csv->end, PIECE, (off_t)csv->next);
  if (got < 0) {
    csv_fault(csv, "the file cannot be read (%s)", strerror(errno));
    return false;
  }
  csv->next += (uint64_t)got;
  csv->end += (size_t)got;
  csv->whole = got == 0;
  return true;
}

bool csv_open(struct csv *csv, const char *path, const char *name) {
  *csv = (struct csv){.name = name, .separator = ',', .line = 1};
  csv->file = open(path, O_RDONLY);
  if (csv->file < 0) {
    csv_fault(csv, "the file cannot be opened (%s)", strerror(errno));
    return false;
  }
  csv->fields = malloc(sizeof(struct field) * MAX_COLUMNS);
  if (!csv->fields) fail(EXIT_MEMORY, "no memory is left to read %s", name);
  csv_rewind(csv);
  return !csv->fault;
}

void csv_close(struct csv *csv) {
  if (csv->file >= 0) close(csv->file);
  free(csv->window);
  free(csv->fields);
  sqlite3_free(csv->fault);
  *csv = (struct csv){.file = -1};
}

static bool ends_field(char byte) { return byte == ',' || byte == '\t' || byte == ';'; }

// Whether the first line ends with CR alone, as far as it is here: no LF would end it where it ends.
static bool has_lone_return(const struct csv *csv) {
  const char *from = csv->window + csv->start, *end = csv->window + csv->end;
  bool quoted = false;
  for (const char *at = from; at < end; at++) {
    if (quoted) {
      quoted = *at != '"';
    } else if (*at == '"') {
      quoted = at == from || ends_field(at[-1]) || at[-1] == '"';
    } else if (*at == '\n') {
      return false;
    } else if (*at == '\r' && at + 1 < end && at[1] != '\n' && at[1] != '\r') {
      return true;
    }
  }
  return false;
}

void csv_rewind(struct csv *csv) {
  csv->next = csv->start = csv->end = 0;
  csv->line = 1;
  csv->lines = 0;
  csv->whole = false;
  if (!fill(csv)) return;
  const unsigned char *mark = (const unsigned char *)csv->window;
  if (csv->end >= 2 && ((mark[0] == 0xff && mark[1] == 0xfe) || (mark[0] == 0xfe && mark[1] == 0xff)))
    csv_fault(csv, "the file is UTF-16; only UTF-8 is read");
  if (csv->end >= 3 && memcmp(mark, "\xef\xbb\xbf", 3) == 0) csv->start = 3;
  if (has_lone_return(csv)) csv_fault(csv, "it ends with CR alone; LF or CRLF ends a line");
}

char csv_separator(struct csv *csv) {
  static const char candidates[] = {',', '\t', ';'};
  uint32_t counts[sizeof candidates] = {0};
  bool quoted = false;
  for (size_t at = csv->start; at < csv->end && (quoted || csv->window[at] != '\n'); at++) {
    if (csv->window[at] == '"') quoted = !quoted;
    for (size_t i = 0; !quoted && i < sizeof candidates; i++) counts[i] += csv->window[at] == candidates[i];
  }
  size_t best = 0;
  for (size_t i = 1; i < sizeof candidates; i++)
    if (counts[i] > counts[best]) best = i;
  return candidates[best];
}

// Where a parse of a record stands. It never reads at or behind the end.
struct scan {
  const char *from, *at, *end;
  char separator;
  uint32_t count;
  uint64_t lines;
  bool open;  // the end was met inside quotes
};

// Moves to the separator or line end behind a quoted field; false when the end is met before.
static bool quoted_field(struct scan *scan, struct field *field) {
  const char *at = scan->at + 1;
  field->at = (uint32_t)(at - scan->from);
  field->quoted = true;
  for (;; at++) {
    const char *quote = memchr(at, '"', (size_t)(scan->end - at));
    for (const char *line = at; quote && (line = memchr(line, '\n', (size_t)(quote - line))); line++) scan->lines++;
    if (!quote) {
      scan->open = true;
      return false;
    }
    at = quote + 1;
    if (at == scan->end || *at != '"') {
      field->size = (uint32_t)(quote - scan->from) - field->at;
      scan->at = at;
      return true;
    }
    field->doubled = true;
  }
}

static void plain_field(struct scan *scan, struct field *field) {
  const char *at = scan->at;
  char separator = scan->separator;
  while (at < scan->end && *at != separator && *at != '\n') at++;
  field->at = (uint32_t)(scan->at - scan->from);
  field->size = (uint32_t)(at - scan->at);
  scan->at = at;
}

// The high bit of each byte that is zero, and no other.
static uint64_t zeros(uint64_t word) { return ~(((word & LOW) + LOW) | word | LOW); }

// Moves to the line end, eight bytes at a time, and counts separators on the way. Stops before what may
// be a quoted field and before the last bytes of the window: these are for the slow way.
static void skip_plain(struct scan *scan) {
  uint64_t separators = ONES * (unsigned char)scan->separator;
  while (scan->end - scan->at >= 8) {
    uint64_t word;
    memcpy(&word, scan->at, 8);
    if (zeros(word ^ ONES * '"')) return;
    uint64_t hits = zeros(word ^ separators);
    uint64_t line = zeros(word ^ ONES * '\n');
    if (line) {
      scan->count += (uint32_t)__builtin_popcountll(hits & (line ^ (line - 1)));
      scan->at += __builtin_ctzll(line) / 8;
      return;
    }
    scan->count += (uint32_t)__builtin_popcountll(hits);
    scan->at += 8;
  }
}

static bool at_field_end(const struct scan *scan) {
  return scan->at == scan->end || *scan->at == scan->separator || *scan->at == '\n';
}

enum parsed { PARSED, CUT, TORN };

// Fields up to the line end. The last byte of a CRLF is left to the caller.
static enum parsed parse(struct scan *scan, struct field *fields, uint32_t wanted) {
  for (;;) {
    struct field other, *field = scan->count < wanted ? &fields[scan->count] : &other;
    field->quoted = field->doubled = false;
    if (scan->at < scan->end && *scan->at == '"') {
      if (!quoted_field(scan, field)) return CUT;
      if (scan->at < scan->end && *scan->at == '\r') scan->at++;
      if (!at_field_end(scan)) return TORN;
    } else {
      plain_field(scan, field);
    }
    scan->count++;
    const char *before = scan->at;
    if (scan->count > wanted) skip_plain(scan);
    if (scan->at > before && scan->at[-1] == scan->separator) {
      scan->count--;  // the next field is at its beginning, and is counted by its parse
      continue;
    }
    if (scan->at == scan->end) return CUT;
    if (*scan->at == '\n') return PARSED;
    if (*scan->at == scan->separator) {
      scan->at++;
    } else {
      // The fast way stopped in the middle of a field that is not wanted.
      struct field rest;
      plain_field(scan, &rest);
      if (scan->at == scan->end) return CUT;
      if (*scan->at == '\n') return PARSED;
      scan->at++;
    }
  }
}

// An unquoted last field ends before the CR of a CRLF.
static void strip(struct csv *csv, const struct scan *scan, uint32_t wanted) {
  if (scan->count == 0 || scan->count > wanted) return;
  struct field *last = &csv->fields[scan->count - 1];
  if (!last->quoted && last->size > 0 && csv->record[last->at + last->size - 1] == '\r') last->size--;
}

static enum csv_step torn(struct csv *csv, const struct scan *scan) {
  csv->line += scan->lines;
  csv_fault(csv, "text behind the closing quote of column %u", scan->count + 1);
  return CSV_FAULT;
}

static void too_long(struct csv *csv, const struct scan *scan) {
  if (scan->open) csv_fault(csv, "the quote that opens column %u is not closed within %d bytes", scan->count + 1, MAX_RECORD);
  csv_fault(csv, "the record has more than %d bytes", MAX_RECORD);
}

static enum csv_step take(struct csv *csv, const struct scan *scan, uint32_t wanted) {
  csv->record = scan->from;
  csv->count = scan->count;
  csv->lines = scan->lines + 1;
  csv->start = (size_t)(scan->at - csv->window) + (scan->at < scan->end);
  strip(csv, scan, wanted);
  return CSV_RECORD;
}

static bool is_blank(const struct scan *scan) {
  size_t size = (size_t)(scan->at - scan->from);
  return size == 0 || (size == 1 && *scan->from == '\r');
}

enum csv_step csv_next(struct csv *csv, uint32_t wanted) {
  csv->line += csv->lines;
  csv->lines = 0;
  while (!csv->fault) {
    const char *from = csv->window + csv->start;
    struct scan scan = {.from = from, .at = from, .end = csv->window + csv->end, .separator = csv->separator};
    enum parsed parsed = scan.at == scan.end ? CUT : parse(&scan, csv->fields, wanted);
    if (parsed == TORN) return torn(csv, &scan);
    if (parsed == PARSED && is_blank(&scan)) {
      csv->start = (size_t)(scan.at - csv->window) + 1;
      csv->line++;
      continue;
    }
    if (parsed == PARSED) return take(csv, &scan, wanted);
    if (csv->whole) {
      if (scan.at == scan.from && !scan.open) return CSV_END;
      if (!scan.open) return is_blank(&scan) ? CSV_END : take(csv, &scan, wanted);
      csv_fault(csv, "the quote that opens column %u is not closed", scan.count + 1);
      return CSV_FAULT;
    }
    if (csv->end - csv->start > MAX_RECORD) too_long(csv, &scan);
    if (!csv->fault) fill(csv);
  }
  return CSV_FAULT;
}
