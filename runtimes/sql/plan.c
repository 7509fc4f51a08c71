// What the planner is told of a table, and how its choice reaches the cursor.
//
// The table reads its files from the first to the last record, whatever is asked. What it can spare is
// work: columns behind the last one that is used are not split, and where rows are wanted together that
// are equal in some columns (GROUP BY, ORDER BY), it gathers them itself, which is far less than sorting.

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { MASK_COLUMNS = 63 };

// Whether gathering serves: all terms are columns, ascending or in any order, and nothing filters rows
// before, since those would be gathered in vain; a LIMIT wants the first rows and no others.
static bool gathers(sqlite3_index_info *info, uint32_t columns) {
  int distinct = sqlite3_vtab_distinct(info);
  bool any_order = distinct == 1 || distinct == 2;
  if (info->nOrderBy == 0 || info->nOrderBy > MASK_COLUMNS || info->nConstraint > 0) return false;
  if (info->colUsed >> MASK_COLUMNS) return false;
  for (int i = 0; i < info->nOrderBy; i++) {
    int column = info->aOrderBy[i].iColumn;
    if (column < 0 || (uint32_t)column >= columns || column >= MASK_COLUMNS) return false;
    if (info->aOrderBy[i].desc && !any_order) return false;
  }
  return true;
}

// The used columns in hexadecimal, then each key.
static int gather_plan(sqlite3_index_info *info) {
  sqlite3_str *text = sqlite3_str_new(NULL);
  sqlite3_str_appendf(text, "%llx", info->colUsed);
  for (int i = 0; i < info->nOrderBy; i++) sqlite3_str_appendf(text, " %d", info->aOrderBy[i].iColumn);
  info->idxStr = sqlite3_str_finish(text);
  info->needToFreeIdxStr = 1;
  info->orderByConsumed = 1;
  return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

int plan_best(sqlite3_index_info *info, uint32_t columns, uint32_t files) {
  uint64_t used = info->colUsed;
  for (int i = 0; i < info->nOrderBy; i++)
    if (info->aOrderBy[i].iColumn >= 0 && info->aOrderBy[i].iColumn < MASK_COLUMNS)
      used |= UINT64_C(1) << info->aOrderBy[i].iColumn;
  uint32_t wanted = used ? 64 - (uint32_t)__builtin_clzll(used) : 0;
  if (wanted > MASK_COLUMNS || wanted > columns) wanted = columns;
  info->idxNum = (int)wanted;
  info->estimatedRows = 1000000;
  info->estimatedCost = 1e6 * files;
  return gathers(info, columns) ? gather_plan(info) : SQLITE_OK;
}

struct plan plan_read(int number, const char *text) {
  struct plan plan = {.wanted = (uint32_t)number};
  if (!text) return plan;
  char *at;
  plan.used = strtoull(text, &at, 16);
  while (*at == ' ' && plan.keys < sizeof plan.key) plan.key[plan.keys++] = (uint8_t)strtoul(at + 1, &at, 10);
  return plan;
}
