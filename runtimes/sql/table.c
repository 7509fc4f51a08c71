// A CSV file, or several with one header, as a virtual table that streams them.
//
// A table is known by a module of its name and is opened when a question names it. Its columns are those
// of the first file's header, their kinds what the first records of that file say. Each cursor reads the
// files again, piece by piece, and makes values of those columns only that the question uses.

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { SAMPLE = 1000 };

static const char FILE_COLUMN[] = "_file";

bool table_fault = false;

struct opened {
  sqlite3_vtab base;
  const struct table *table;
  char *header;  // the first record of the first file, separators too: the others must have the same
  size_t header_size;
  uint32_t columns;
  enum kind *kinds;
  char separator;
};

struct cursor {
  sqlite3_vtab_cursor base;
  struct csv csv;
  bool open;
  uint32_t source;
  struct plan plan;
  struct groups *groups;  // when the plan gathers; then fields are of the row, which is in the groups
  const char *text;       // what the offsets of fields are from
  struct field *fields;
  uint32_t count;
  int64_t row;
  bool end;
};

static int fault(sqlite3_vtab *base, struct csv *csv) {
  sqlite3_free(base->zErrMsg);
  base->zErrMsg = csv->fault;
  csv->fault = NULL;
  table_fault = true;
  return SQLITE_ERROR;
}

// The text of a field with its doubled quotes made single, by sqlite3_malloc; NULL without memory.
static char *field_text(const struct csv *csv, const struct field *field) {
  char *text = sqlite3_malloc64(field->size + 1);
  size_t size = 0;
  for (size_t i = 0; text && i < field->size; i++) {
    text[size++] = csv->record[field->at + i];
    if (field->doubled && csv->record[field->at + i] == '"') i++;
  }
  if (text) text[size] = '\0';
  return text;
}

static bool is_known(char *const *names, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++)
    if (sqlite3_stricmp(names[i], name) == 0) return true;
  return false;
}

// A name that no column before has: with the number of its column where it says nothing, or the same.
static char *unique_name(char *const *names, uint32_t column, const char *text) {
  char *name = *text ? sqlite3_mprintf("%s", text) : sqlite3_mprintf("column%u", column + 1);
  while (name && is_known(names, column, name)) {
    char *longer = sqlite3_mprintf("%s_%u", name, column + 1);
    sqlite3_free(name);
    name = longer;
  }
  return name;
}

static char *column_name(struct csv *csv, char *const *names, uint32_t column) {
  const struct field *field = &csv->fields[column];
  if (field->size > MAX_NAME) {
    csv_fault(csv, "the name of column %u has more than %d bytes", column + 1, MAX_NAME);
    return NULL;
  }
  if (!utf8_valid(csv->record + field->at, field->size)) {
    csv_fault(csv, "the name of column %u is not UTF-8", column + 1);
    return NULL;
  }
  char *text = field_text(csv, field);
  char *name = text ? unique_name(names, column, text) : NULL;
  sqlite3_free(text);
  return name;
}

static void free_names(char **names, uint32_t count) {
  for (uint32_t i = 0; names && i < count; i++) sqlite3_free(names[i]);
  sqlite3_free(names);
}

static char **column_names(struct csv *csv, uint32_t columns) {
  char **names = sqlite3_malloc64(columns * sizeof *names);
  for (uint32_t i = 0; names && i < columns; i++) {
    names[i] = column_name(csv, names, i);
    if (!names[i]) {
      free_names(names, i);
      return NULL;
    }
  }
  return names;
}

static char *declaration(const struct opened *table, char *const *names) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  sqlite3_str_appendall(text, "CREATE TABLE data(");
  for (uint32_t i = 0; i < table->columns; i++)
    sqlite3_str_appendf(text, "%s\"%w\" %s", i ? "," : "", names[i], kind_name(table->kinds[i]));
  if (!is_known(names, table->columns, FILE_COLUMN))
    sqlite3_str_appendf(text, ",\"%w\" TEXT HIDDEN", FILE_COLUMN);
  sqlite3_str_appendall(text, ")");
  return sqlite3_str_finish(text);
}

// Reads the header; the record stays current.
static bool header(struct opened *table, struct csv *csv) {
  csv->separator = table->separator = csv_separator(csv);
  enum csv_step step = csv_next(csv, MAX_COLUMNS);
  if (step == CSV_END) csv_fault(csv, "the file is empty; its first line has to name the columns");
  if (step == CSV_RECORD && csv->count > MAX_COLUMNS)
    csv_fault(csv, "the header has %u columns; %d are the most", csv->count, MAX_COLUMNS);
  if (csv->fault) return false;
  table->columns = csv->count;
  const struct field *last = &csv->fields[csv->count - 1];
  table->header_size = last->at + last->size;
  table->header = malloc(table->header_size + 1);
  table->kinds = calloc(csv->count, sizeof *table->kinds);
  if (!table->header || !table->kinds) fail(EXIT_MEMORY, "no memory is left for the columns of %s", csv->name);
  memcpy(table->header, csv->record, table->header_size);
  return true;
}

// What the first records say of each column.
static void sample(struct opened *table, struct csv *csv) {
  for (int i = 0; i < SAMPLE && csv_next(csv, table->columns) == CSV_RECORD; i++) {
    uint32_t count = csv->count < table->columns ? csv->count : table->columns;
    for (uint32_t column = 0; column < count; column++) {
      const struct field *field = &csv->fields[column];
      table->kinds[column] = kind_with(table->kinds[column], csv->record + field->at, field->size);
    }
  }
}

static void release(struct opened *table) {
  free(table->header);
  free(table->kinds);
  free(table);
}

static int declare(sqlite3 *db, struct opened *table, struct csv *csv) {
  if (!header(table, csv)) return SQLITE_ERROR;
  char **names = column_names(csv, table->columns);
  if (!names) return csv->fault ? SQLITE_ERROR : SQLITE_NOMEM;
  sample(table, csv);
  // A fault beyond the header is for whoever reads that far.
  sqlite3_free(csv->fault);
  csv->fault = NULL;
  char *text = declaration(table, names);
  free_names(names, table->columns);
  int result = text ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
  sqlite3_free(text);
  return result;
}

static int connect(sqlite3 *db, void *known, int argc, const char *const *argv, sqlite3_vtab **made, char **error) {
  (void)argc, (void)argv;
  const struct table *table = known;
  struct opened *opened = calloc(1, sizeof *opened);
  if (!opened) return SQLITE_NOMEM;
  opened->table = table;
  struct csv csv;
  int result = csv_open(&csv, table->sources[0].path, table->sources[0].name) ? declare(db, opened, &csv) : SQLITE_ERROR;
  if (result == SQLITE_OK) {
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    *made = &opened->base;
  } else {
    if (csv.fault) table_fault = true;
    *error = csv.fault ? csv.fault : sqlite3_mprintf("the columns cannot be declared: %s", sqlite3_errmsg(db));
    csv.fault = NULL;
    release(opened);
  }
  csv_close(&csv);
  return result;
}

static int disconnect(sqlite3_vtab *base) {
  release((struct opened *)base);
  return SQLITE_OK;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  const struct opened *table = (const struct opened *)base;
  return plan_best(info, table->columns, table->table->count);
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
  (void)base;
  struct cursor *cursor = calloc(1, sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  *made = &cursor->base;
  return SQLITE_OK;
}

static void close_source(struct cursor *cursor) {
  if (cursor->open) csv_close(&cursor->csv);
  cursor->open = false;
}

static void drop_groups(struct cursor *cursor) {
  if (cursor->groups) free(cursor->fields);
  groups_free(cursor->groups);
  cursor->groups = NULL;
}

static int close_cursor(sqlite3_vtab_cursor *base) {
  close_source((struct cursor *)base);
  drop_groups((struct cursor *)base);
  free(base);
  return SQLITE_OK;
}

// Steps over the header, which has to be that of the first file.
static bool same_header(const struct opened *table, struct csv *csv) {
  csv->separator = table->separator;
  if (csv_next(csv, table->columns) == CSV_FAULT) return false;
  const struct field *last = &csv->fields[table->columns - 1];
  bool same = csv->count == table->columns && table->header_size == last->at + last->size &&
              memcmp(csv->record, table->header, table->header_size) == 0;
  if (!same)
    csv_fault(csv, "the header is another than that of %s; ask about each by its name", table->table->sources[0].name);
  return same;
}

static bool open_source(struct cursor *cursor) {
  const struct opened *table = (const struct opened *)cursor->base.pVtab;
  const struct source *source = &table->table->sources[cursor->source];
  cursor->open = true;
  return csv_open(&cursor->csv, source->path, source->name) && same_header(table, &cursor->csv);
}

// The next record of all files; false at a fault, and at the end, which it notes.
static bool next_record(struct cursor *cursor) {
  const struct opened *table = (const struct opened *)cursor->base.pVtab;
  struct csv *csv = &cursor->csv;
  for (;;) {
    enum csv_step step = csv_next(csv, cursor->plan.wanted);
    if (step == CSV_RECORD && csv->count > table->columns)
      csv_fault(csv, "the record has %u fields, and the header %u", csv->count, table->columns);
    if (csv->fault) return false;
    if (step == CSV_RECORD) return true;
    cursor->end = cursor->source + 1 == table->table->count;
    if (cursor->end) return false;
    close_source(cursor);
    cursor->source++;
    if (!open_source(cursor)) return false;
  }
}

static void next_gathered(struct cursor *cursor) {
  cursor->text = groups_row(cursor->groups);
  cursor->end = !cursor->text;
  if (cursor->end) return;
  size_t size = gathered(cursor->text, &cursor->plan, cursor->fields, &cursor->count, &cursor->source);
  groups_step(cursor->groups, size);
}

static int next(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;
  cursor->row++;
  if (cursor->groups) {
    next_gathered(cursor);
    return SQLITE_OK;
  }
  if (!next_record(cursor)) return cursor->csv.fault ? fault(base->pVtab, &cursor->csv) : SQLITE_OK;
  cursor->text = cursor->csv.record;
  cursor->fields = cursor->csv.fields;
  cursor->count = cursor->csv.count;
  return SQLITE_OK;
}

// Reads all records into groups; false at a fault.
static bool gather_all(struct cursor *cursor) {
  const struct opened *table = (const struct opened *)cursor->base.pVtab;
  struct groups *groups = groups_new();
  bool fine = true;
  while (fine && next_record(cursor)) fine = gather(groups, &cursor->plan, table->kinds, &cursor->csv, cursor->source);
  groups_ready(groups);
  cursor->groups = groups;
  cursor->fields = malloc(sizeof *cursor->fields * (cursor->plan.wanted + 1));
  if (!cursor->fields) fail_memory();
  return !cursor->csv.fault;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv) {
  (void)argc, (void)argv;
  struct cursor *cursor = (struct cursor *)base;
  close_source(cursor);
  drop_groups(cursor);
  cursor->source = 0;
  cursor->row = 0;
  cursor->end = false;
  cursor->plan = plan_read(number, text);
  if (!open_source(cursor)) return fault(base->pVtab, &cursor->csv);
  if (cursor->plan.keys > 0 && !gather_all(cursor)) return fault(base->pVtab, &cursor->csv);
  return next(base);
}

static int at_end(sqlite3_vtab_cursor *base) { return ((struct cursor *)base)->end; }

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int number) {
  struct cursor *cursor = (struct cursor *)base;
  const struct opened *table = (const struct opened *)base->pVtab;
  if ((uint32_t)number == table->columns) {
    sqlite3_result_text(context, table->table->sources[cursor->source].name, -1, SQLITE_STATIC);
    return SQLITE_OK;
  }
  // A short record lacks its last fields: they are NULL.
  if ((uint32_t)number >= cursor->count || (uint32_t)number >= cursor->plan.wanted) return SQLITE_OK;
  const struct field *field = &cursor->fields[number];
  if (value_result(context, table->kinds[number], cursor->text + field->at, field)) return SQLITE_OK;
  csv_fault(&cursor->csv, "column %d is not UTF-8", number + 1);
  return fault(base->pVtab, &cursor->csv);
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *row) {
  *row = ((struct cursor *)base)->row;
  return SQLITE_OK;
}

// Without xCreate: the table has the name of the module and is there without a CREATE.
static const sqlite3_module module = {
    .iVersion = 1,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

int table_register(sqlite3 *db, const char *name, const struct table *table) {
  return sqlite3_create_module(db, name, &module, (void *)(uintptr_t)table);
}
