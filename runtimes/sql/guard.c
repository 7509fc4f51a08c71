// Nothing but reading: what a question may do, and how far it may go.

#include <string.h>

#include "sql.h"

// PRAGMAs that only tell something, all of them without a value or with the name of what they tell of.
static bool tells(const char *pragma, const char *value) {
  static const char *const of_something[] = {
      "foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list",
      "table_xinfo", "integrity_check", "quick_check", "foreign_key_check"};
  static const char *const plain[] = {
      "application_id", "collation_list", "compile_options", "database_list", "encoding", "freelist_count",
      "function_list", "module_list", "page_count", "page_size", "pragma_list", "schema_version", "user_version"};
  for (size_t i = 0; i < sizeof of_something / sizeof *of_something; i++)
    if (sqlite3_stricmp(pragma, of_something[i]) == 0) return true;
  for (size_t i = 0; !value && i < sizeof plain / sizeof *plain; i++)
    if (sqlite3_stricmp(pragma, plain[i]) == 0) return true;
  return false;
}

static int permit(void *unused, int action, const char *first, const char *second, const char *schema, const char *from) {
  (void)unused, (void)schema, (void)from;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
      return tells(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

void guard(sqlite3 *db) {
  static const int limits[][2] = {
      {SQLITE_LIMIT_LENGTH, 32 << 20},     {SQLITE_LIMIT_SQL_LENGTH, MAX_QUESTION},
      {SQLITE_LIMIT_COLUMN, MAX_COLUMNS + 1},  {SQLITE_LIMIT_EXPR_DEPTH, 200},
      {SQLITE_LIMIT_COMPOUND_SELECT, 200}, {SQLITE_LIMIT_FUNCTION_ARG, 100},
      {SQLITE_LIMIT_ATTACHED, 0},          {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
      {SQLITE_LIMIT_TRIGGER_DEPTH, 1},     {SQLITE_LIMIT_WORKER_THREADS, 0},
  };
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) sqlite3_limit(db, limits[i][0], limits[i][1]);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_set_authorizer(db, permit, NULL);
}
