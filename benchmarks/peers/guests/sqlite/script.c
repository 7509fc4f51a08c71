// SQLite with a script of its own: 20 000 rows, an index, groups, a join, an update, in an empty database in memory.
//
//   script N     runs it N times, each in a new database, and prints what the last time said

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SCRIPT[] =
    "CREATE TABLE reading(id INTEGER PRIMARY KEY, name TEXT, value REAL, sensor INTEGER);"
    "WITH RECURSIVE count(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM count WHERE i < 20000)"
    " INSERT INTO reading SELECT i, 'name' || (i * 7919 % 20011), i * 1.5, i % 97 FROM count;"
    "CREATE INDEX by_name ON reading(name);"
    "SELECT count(*), sum(value) FROM reading WHERE name LIKE 'name1%';"
    "SELECT sensor, count(*), avg(value) FROM reading GROUP BY sensor ORDER BY 2 DESC, 1 LIMIT 3;"
    "SELECT count(*) FROM reading a JOIN reading b ON a.name = b.name WHERE b.sensor < 50;"
    "UPDATE reading SET value = value + 1 WHERE sensor % 3 = 0;"
    "SELECT sum(value), max(name) FROM reading;";

enum { MAX_PATH = 64, NO_DAY = 0 };

// The least that SQLite asks of a system: there are no files, no time and no randomness.
static int no_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
  (void)vfs, (void)name, (void)flags, (void)out;
  file->pMethods = NULL;
  return SQLITE_CANTOPEN;
}

static int same_name(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  (void)vfs;
  return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int zeros(sqlite3_vfs *vfs, int count, char *out) {
  (void)vfs;
  memset(out, 0, (size_t)count);
  return count;
}

static int no_time(sqlite3_vfs *vfs, sqlite3_int64 *now) {
  (void)vfs;
  *now = NO_DAY;
  return SQLITE_OK;
}

static sqlite3_vfs nothing = {
    .iVersion = 2,
    .szOsFile = sizeof(sqlite3_file),
    .mxPathname = MAX_PATH,
    .zName = "nothing",
    .xOpen = no_file,
    .xFullPathname = same_name,
    .xRandomness = zeros,
    .xCurrentTimeInt64 = no_time,
};

int sqlite3_os_init(void) { return sqlite3_vfs_register(&nothing, 1); }

int sqlite3_os_end(void) { return SQLITE_OK; }

static int print_row(void *shown, int columns, char **values, char **names) {
  (void)names;
  for (int i = 0; *(int *)shown && i < columns; i++) {
    printf("%s%c", values[i] == NULL ? "" : values[i], i + 1 == columns ? '\n' : '|');
  }
  return 0;
}

static void run(int shown) {
  sqlite3 *database;
  char *error = NULL;
  if (sqlite3_open(":memory:", &database) != SQLITE_OK ||
      sqlite3_exec(database, SCRIPT, print_row, &shown, &error) != SQLITE_OK) {
    fprintf(stderr, "%s\n", error == NULL ? sqlite3_errmsg(database) : error);
    exit(1);
  }
  sqlite3_close(database);
}

int main(int count, char **arguments) {
  int runs = count > 1 ? atoi(arguments[1]) : 1;
  for (int i = 1; i <= runs; i++) {
    run(i == runs);
  }
  return 0;
}
