// What the parts of sql share. README.md says what it answers to whom; each part says what it is for.

#ifndef LIMPET_SQL_H
#define LIMPET_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqlite3.h"

enum {
  EXIT_QUESTION = 64,  // the question is at fault: its caller gets 400 bad-arguments
  EXIT_DATA = 65,      // the data is
  EXIT_MEMORY = 71,    // it needs more memory than it may use
  EXIT_READ = 74       // reading the data or writing the answer failed
};

enum {
  MAX_COLUMNS = 1999,         // of a CSV file; SQLite's 2000 has room for the column _file
  MAX_RECORD = 1 << 20,       // bytes of a record of a CSV file
  MAX_NAME = 1024,            // bytes of a column's name or of a file's
  MAX_FILES = 10000,          // of a folder
  MAX_QUESTION = 256 << 10,   // bytes of SQL
  MAX_INPUTS = 8              // /data, /data1 and so on
};

// Ends the program with one sentence in the log. The message is one of sqlite3_mprintf.
_Noreturn void fail(int code, const char *message, ...);
// Ends the program where memory ends; the host says that its limit is the reason.
_Noreturn void fail_memory(void);

// --- csv.c: records of a file ---

struct field {
  uint32_t at;   // offset in the record
  uint32_t size;
  bool quoted;   // its quotes are not part of it
  bool doubled;  // doubled quotes in it stand for one
};

struct csv {
  int file;         // descriptor; closed by csv_close
  const char *name; // for sentences
  char separator;
  uint64_t next;    // offset in the file of what is read next
  char *window;     // what was read and is not parsed: [start, end) of room bytes
  size_t room, start, end;
  bool whole;       // the window reaches the end of the file
  uint64_t line;    // of the record, from 1
  uint64_t lines;   // that the record has
  const char *record;  // in the window, until the next call
  struct field *fields;  // of the record: the first ones, as many as were wanted
  uint32_t count;   // fields of the record, those beyond the wanted ones too
  char *fault;      // a sentence, by sqlite3_mprintf, or NULL
};

enum csv_step { CSV_RECORD, CSV_END, CSV_FAULT };

// Opens a file and steps over a byte order mark; the separator is to be set before the first record.
bool csv_open(struct csv *csv, const char *path, const char *name);
void csv_close(struct csv *csv);
// The next record, with its first fields, as many as wanted and there.
enum csv_step csv_next(struct csv *csv, uint32_t wanted);
// Again from the beginning.
void csv_rewind(struct csv *csv);
// What separates the fields of the header: the most frequent of comma, tab and semicolon outside of quotes.
char csv_separator(struct csv *csv);
void csv_fault(struct csv *csv, const char *sentence, ...);

// --- value.c: what a field means ---

enum kind { KIND_NUMERIC, KIND_INTEGER, KIND_REAL, KIND_TEXT };

// What a column of such values is: what it was thought to be, and one field more of it.
enum kind kind_with(enum kind before, const char *text, size_t size);
const char *kind_name(enum kind kind);
// Hands a field to SQLite; false when it is no text in UTF-8.
bool value_result(sqlite3_context *context, enum kind kind, const char *text, const struct field *field);
// Writes what SQLite would compare, at most size + MAX_NUMBER_KEY bytes, and says how many.
size_t value_key(char *target, enum kind kind, const char *text, const struct field *field);
bool utf8_valid(const char *text, size_t size);

// --- group.c: rows by the values of some columns ---

enum { MAX_NUMBER_KEY = 11 };

struct groups;

struct groups *groups_new(void);
void groups_free(struct groups *groups);
// Room for a row of that size in the group of that key.
char *groups_add(struct groups *groups, const char *key, size_t key_size, size_t row_size);
// All rows are in: from now on they are read, group by group, in the order of the keys.
void groups_ready(struct groups *groups);
// The row that is next, or NULL behind the last one; and the step over it.
const char *groups_row(struct groups *groups);
void groups_step(struct groups *groups, size_t row_size);

// Parts of a key; each writes and says how many bytes.
size_t key_null(char *target);
size_t key_real(char *target, double value);
size_t key_integer(char *target, int64_t value);
size_t key_text(char *target, const char *text, size_t size);

// --- plan.c: what the planner is told, and what it wants ---

// How a cursor is to read: by idxNum the first columns that are split, by idxStr what is gathered.
struct plan {
  uint32_t wanted;
  uint64_t used;      // columns that the question reads; of those that are gathered
  uint32_t keys;      // how many columns rows are gathered by; 0: rows come as they stand
  uint8_t key[64];
};

int plan_best(sqlite3_index_info *info, uint32_t columns, uint32_t files);
struct plan plan_read(int number, const char *text);

// --- gather.c: the rows of a plan, gathered ---

// Puts the record into its group: its used fields, and the number of its file.
bool gather(struct groups *groups, const struct plan *plan, const enum kind *kinds, struct csv *csv, uint32_t source);
// Reads a row back: fields whose offsets are from the row's beginning. Returns its bytes.
size_t gathered(const char *row, const struct plan *plan, struct field *fields, uint32_t *count, uint32_t *source);

// --- table.c: a file, or files with one header, as a virtual table ---

struct source {
  const char *path;
  const char *name;  // as sentences and the column _file say it
};

struct table {
  struct source *sources;
  uint32_t count;
};

// Makes a table known under a name; it is not opened before a question names it.
int table_register(sqlite3 *db, const char *name, const struct table *table);
// Whether a sentence of a table stopped the question, so that the data is at fault.
extern bool table_fault;

// --- vfs.c: a database file, read in place ---

int vfs_register(void);

// --- data.c: /data and what is in it ---

// Opens /data, /data1 and so on, and makes their tables known.
sqlite3 *data_open(sqlite3 *empty);
// A sentence about the tables that there are, by sqlite3_mprintf.
char *data_tables(sqlite3 *db);

// --- guard.c: nothing but reading ---

void guard(sqlite3 *db);

// --- answer.c: rows as JSON, CSV, a table or lines of JSON ---

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_TABLE, FORMAT_LINES };

// Steps through the statement and writes all rows; the result is SQLite's.
int answer(sqlite3_stmt *statement, enum format format, bool http);

#endif
