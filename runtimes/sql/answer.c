// The rows of an answer: JSON for programs, all or a row a line, CSV for tables, aligned columns for people.
//
// Nothing leaves before the first 64 KiB or the end, so that a question which fails early is an error
// and no cut answer.

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql.h"

enum { BUFFER = 64 << 10, MAX_WIDTHS = 1000, MAX_WIDTH = 60, MAX_AHEAD = 1 << 20 };

static struct {
  char bytes[BUFFER];
  size_t size;
} out;

static void flush(void) {
  for (size_t done = 0; done < out.size;) {
    ssize_t written = write(STDOUT_FILENO, out.bytes + done, out.size - done);
    if (written <= 0) fail(EXIT_READ, "the answer could not be written");
    done += (size_t)written;
  }
  out.size = 0;
}

static void put(const char *bytes, size_t size) {
  while (size > 0) {
    if (out.size == BUFFER) flush();
    size_t part = size < BUFFER - out.size ? size : BUFFER - out.size;
    memcpy(out.bytes + out.size, bytes, part);
    out.size += part;
    bytes += part;
    size -= part;
  }
}

static void put_text(const char *text) { put(text, strlen(text)); }

static void put_byte(char byte) { put(&byte, 1); }

// --- values as text ---

enum { NUMBER_ROOM = 40 };

// As few digits as read back as the same number.
static const char *real(double value, char *target) {
  if (isinf(value)) return value < 0 ? "-1e999" : "1e999";
  for (int digits = 15; digits <= 17; digits++) {
    sqlite3_snprintf(NUMBER_ROOM, target, "%!.*g", digits, value);
    if (strtod(target, NULL) == value) break;
  }
  return target;
}

static const char *number(sqlite3_stmt *statement, int column, char *target) {
  if (sqlite3_column_type(statement, column) == SQLITE_FLOAT)
    return real(sqlite3_column_double(statement, column), target);
  sqlite3_snprintf(NUMBER_ROOM, target, "%lld", sqlite3_column_int64(statement, column));
  return target;
}

static void put_hex(const unsigned char *bytes, size_t size) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < size; i++) {
    put_byte(digits[bytes[i] >> 4]);
    put_byte(digits[bytes[i] & 15]);
  }
}

// How many bytes of well-formed UTF-8 begin here, 0 where none do: a database may hold anything.
static size_t character(const char *text, size_t size) {
  size_t most = size < 4 ? size : 4;
  if (size > 0 && *text == '\0') return 1;
  for (size_t bytes = 1; bytes <= most; bytes++)
    if (utf8_valid(text, bytes)) return bytes;
  return 0;
}

static const char REPLACEMENT[] = "\xef\xbf\xbd";

// --- JSON ---

static void json_escape(unsigned char byte) {
  char escape[8];
  switch (byte) {
    case '"': put_text("\\\""); return;
    case '\\': put_text("\\\\"); return;
    case '\n': put_text("\\n"); return;
    case '\r': put_text("\\r"); return;
    case '\t': put_text("\\t"); return;
    default:
      sqlite3_snprintf(sizeof escape, escape, "\\u%04x", byte);
      put_text(escape);
  }
}

static bool is_plain(unsigned char byte) { return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'; }

static void json_text(const char *text, size_t size) {
  put_byte('"');
  for (size_t at = 0; at < size;) {
    size_t plain = at;
    while (plain < size && is_plain((unsigned char)text[plain])) plain++;
    put(text + at, plain - at);
    at = plain;
    if (at == size) break;
    if ((unsigned char)text[at] < 0x80) {
      json_escape((unsigned char)text[at++]);
      continue;
    }
    size_t bytes = character(text + at, size - at);
    if (bytes) put(text + at, bytes); else put_text(REPLACEMENT);
    at += bytes ? bytes : 1;
  }
  put_byte('"');
}

static void json_value(sqlite3_stmt *statement, int column) {
  char text[NUMBER_ROOM];
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      put_text("null");
      break;
    case SQLITE_TEXT: {
      const char *value = (const char *)sqlite3_column_text(statement, column);
      json_text(value ? value : "", (size_t)sqlite3_column_bytes(statement, column));
      break;
    }
    case SQLITE_BLOB: {
      const unsigned char *value = sqlite3_column_blob(statement, column);
      put_byte('"');
      put_hex(value, (size_t)sqlite3_column_bytes(statement, column));
      put_byte('"');
      break;
    }
    default:
      put_text(number(statement, column, text));
  }
}

// Names of columns as keys; a second one of the same name gets a number.
static char **json_keys(sqlite3_stmt *statement, int columns) {
  char **keys = sqlite3_malloc64((sqlite3_uint64)columns * sizeof *keys);
  if (!keys) fail(EXIT_MEMORY, "no memory is left for the answer");
  for (int i = 0; i < columns; i++) {
    const char *name = sqlite3_column_name(statement, i);
    keys[i] = sqlite3_mprintf("%s", name ? name : "");
    for (int j = 0, again = 2; j < i; j++) {
      if (keys[i] && strcmp(keys[j], keys[i]) == 0) {
        sqlite3_free(keys[i]);
        keys[i] = sqlite3_mprintf("%s_%d", name ? name : "", again++);
        j = -1;
      }
    }
    if (!keys[i]) fail(EXIT_MEMORY, "no memory is left for the answer");
  }
  return keys;
}

static void json_object(sqlite3_stmt *statement, char *const *keys) {
  int columns = sqlite3_column_count(statement);
  put_byte('{');
  for (int i = 0; i < columns; i++) {
    if (i) put_byte(',');
    json_text(keys[i], strlen(keys[i]));
    put_byte(':');
    json_value(statement, i);
  }
  put_byte('}');
}

static int json(sqlite3_stmt *statement) {
  char **keys = json_keys(statement, sqlite3_column_count(statement));
  bool first = true;
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    put_text(first ? "[\n" : ",\n");
    first = false;
    json_object(statement, keys);
  }
  if (result == SQLITE_DONE) put_text(first ? "[]\n" : "\n]\n");
  return result;
}

static int lines(sqlite3_stmt *statement) {
  char **keys = json_keys(statement, sqlite3_column_count(statement));
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    json_object(statement, keys);
    put_byte('\n');
  }
  return result;
}

// --- CSV ---

static void csv_text(const char *text, size_t size) {
  bool quoted = size == 0;
  for (size_t i = 0; i < size && !quoted; i++) quoted = strchr("\",\n\r", text[i]) != NULL;
  if (!quoted) {
    put(text, size);
    return;
  }
  put_byte('"');
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"') put_byte('"');
    put_byte(text[i]);
  }
  put_byte('"');
}

static void csv_value(sqlite3_stmt *statement, int column) {
  char text[NUMBER_ROOM];
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      break;
    case SQLITE_TEXT: {
      const char *value = (const char *)sqlite3_column_text(statement, column);
      csv_text(value ? value : "", (size_t)sqlite3_column_bytes(statement, column));
      break;
    }
    case SQLITE_BLOB: {
      const unsigned char *value = sqlite3_column_blob(statement, column);
      put_hex(value, (size_t)sqlite3_column_bytes(statement, column));
      break;
    }
    default:
      put_text(number(statement, column, text));
  }
}

static int csv(sqlite3_stmt *statement) {
  int columns = sqlite3_column_count(statement);
  for (int i = 0; i < columns; i++) {
    const char *name = sqlite3_column_name(statement, i);
    if (i) put_byte(',');
    csv_text(name ? name : "", name ? strlen(name) : 0);
  }
  put_byte('\n');
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < columns; i++) {
      if (i) put_byte(',');
      csv_value(statement, i);
    }
    put_byte('\n');
  }
  return result;
}

// --- a table for people ---

// The first rows wait until the widths of their columns are known.
struct page {
  int columns;
  int *widths;
  bool *numbers;     // all values of the column so far are
  sqlite3_str *text; // cells, each ended by a NUL
  uint32_t rows;
};

// A cell in which every byte that would move the cursor is escaped.
static void append_cell(sqlite3_str *target, const char *text, size_t size) {
  for (size_t at = 0; at < size;) {
    unsigned char byte = (unsigned char)text[at];
    size_t bytes = byte < 0x20 || byte == 0x7f ? 0 : character(text + at, size - at);
    // C1 control characters are two bytes that begin with 0xc2.
    if (bytes == 2 && byte == 0xc2 && (unsigned char)text[at + 1] < 0xa0) bytes = 0;
    if (bytes) {
      sqlite3_str_append(target, text + at, (int)bytes);
    } else if (byte == '\n') {
      sqlite3_str_appendall(target, "\\n");
    } else if (byte == '\t') {
      sqlite3_str_appendall(target, "\\t");
    } else {
      sqlite3_str_appendf(target, "\\x%02x", byte);
    }
    at += bytes ? bytes : 1;
  }
  sqlite3_str_append(target, "", 1);
}

static void append_value(sqlite3_str *target, sqlite3_stmt *statement, int column) {
  char text[NUMBER_ROOM];
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      append_cell(target, "", 0);
      break;
    case SQLITE_TEXT: {
      const char *value = (const char *)sqlite3_column_text(statement, column);
      append_cell(target, value ? value : "", (size_t)sqlite3_column_bytes(statement, column));
      break;
    }
    case SQLITE_BLOB:
      sqlite3_str_appendf(target, "(%d bytes)", sqlite3_column_bytes(statement, column));
      sqlite3_str_append(target, "", 1);
      break;
    default:
      append_cell(target, number(statement, column, text), strlen(number(statement, column, text)));
  }
}

// Characters, not bytes; a wide character counts as one.
static int width(const char *text) {
  int count = 0;
  for (; *text; text++) count += ((unsigned char)*text & 0xc0) != 0x80;
  return count;
}

static void put_spaces(int count) {
  for (; count > 0; count--) put_byte(' ');
}

// One row of cells, and the cell behind its last one.
static const char *put_row(const struct page *page, const char *cell, bool heading) {
  for (int i = 0; i < page->columns; i++) {
    int room = page->widths[i] - width(cell);
    bool right = page->numbers[i] && !heading;
    if (page->numbers[i] && heading) right = true;
    if (right) put_spaces(room);
    put_text(cell);
    if (i < page->columns - 1) {
      if (!right) put_spaces(room);
      put_spaces(2);
    }
    cell += strlen(cell) + 1;
  }
  put_byte('\n');
  return cell;
}

static void put_rule(const struct page *page) {
  for (int i = 0; i < page->columns; i++) {
    for (int dash = 0; dash < page->widths[i]; dash++) put_byte('-');
    if (i < page->columns - 1) put_spaces(2);
  }
  put_byte('\n');
}

static void measure(struct page *page) {
  const char *cell = sqlite3_str_value(page->text);
  for (uint32_t row = 0; cell && row <= page->rows; row++) {
    for (int i = 0; i < page->columns; i++) {
      int wide = width(cell);
      if (wide > MAX_WIDTH && row > 0) wide = MAX_WIDTH;
      if (wide > page->widths[i]) page->widths[i] = wide;
      cell += strlen(cell) + 1;
    }
  }
}

static void put_page(struct page *page) {
  const char *cell = sqlite3_str_value(page->text);
  if (sqlite3_str_errcode(page->text) != SQLITE_OK || !cell) fail(EXIT_MEMORY, "no memory is left for the answer");
  measure(page);
  cell = put_row(page, cell, true);
  put_rule(page);
  for (uint32_t row = 0; row < page->rows; row++) cell = put_row(page, cell, false);
}

static void open_page(struct page *page, sqlite3_stmt *statement) {
  page->columns = sqlite3_column_count(statement);
  page->widths = calloc((size_t)page->columns + 1, sizeof *page->widths);
  page->numbers = malloc((size_t)page->columns + 1);
  page->text = sqlite3_str_new(NULL);
  if (!page->widths || !page->numbers) fail(EXIT_MEMORY, "no memory is left for the answer");
  for (int i = 0; i < page->columns; i++) {
    const char *name = sqlite3_column_name(statement, i);
    page->numbers[i] = true;
    append_cell(page->text, name ? name : "", name ? strlen(name) : 0);
  }
}

static void append_row(struct page *page, sqlite3_stmt *statement) {
  for (int i = 0; i < page->columns; i++) {
    int type = sqlite3_column_type(statement, i);
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) page->numbers[i] = false;
    append_value(page->text, statement, i);
  }
}

static int table(sqlite3_stmt *statement) {
  struct page page = {0};
  open_page(&page, statement);
  int result;
  bool waiting = true;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    if (waiting && (page.rows == MAX_WIDTHS || sqlite3_str_length(page.text) > MAX_AHEAD)) {
      put_page(&page);
      waiting = false;
    }
    if (!waiting) sqlite3_str_reset(page.text);
    bool numbers = waiting;
    append_row(&page, statement);
    page.rows++;
    if (!numbers) {
      const char *cell = sqlite3_str_value(page.text);
      if (!cell) fail(EXIT_MEMORY, "no memory is left for the answer");
      put_row(&page, cell, false);
    }
  }
  if (result == SQLITE_DONE && waiting) put_page(&page);
  return result;
}

int answer(sqlite3_stmt *statement, enum format format, bool http) {
  static const char *const types[] = {"application/json", "text/csv; charset=utf-8", "text/plain; charset=utf-8",
                                      "application/x-ndjson"};
  static int (*const ways[])(sqlite3_stmt *) = {json, csv, table, lines};
  if (http) {
    put_text("Content-Type: ");
    put_text(types[format]);
    put_text("\n\n");
  }
  int result = ways[format](statement);
  if (result == SQLITE_DONE) flush();
  return result;
}
