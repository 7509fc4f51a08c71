// sql: one question in SQL, over /data, where it is.
//
//   arguments  --format=json|csv|table|lines, then the question; without it standard input holds it
//   request    as the http function that it is deployed as: the same by ?arg=…, or the question as the body
//   exit       64 the question, 65 the data, 71 memory, 74 reading or writing is at fault; one sentence says how

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql.h"

_Noreturn void fail(int code, const char *message, ...) {
  va_list values;
  va_start(values, message);
  char *text = sqlite3_vmprintf(message, values);
  va_end(values);
  const char *shown = text ? text : "no memory is left";
  fputs("sql: ", stderr);
  fputs(shown, stderr);
  fputc('\n', stderr);
  _exit(code);
}

_Noreturn void fail_memory(void) { __builtin_trap(); }

// The connection of a question that is on no database file: with limpet_init it is there before the call.
static sqlite3 *empty;

__attribute__((export_name("limpet_init"))) void limpet_init(void) {
  if (!empty && sqlite3_open_v2(":memory:", &empty, SQLITE_OPEN_READWRITE, "data") != SQLITE_OK)
    fail(EXIT_MEMORY, "no memory is left to begin");
}

struct request {
  enum format format;
  const char *question;
  bool http;
};

static void take_argument(struct request *request, const char *argument) {
  static const char option[] = "--format=";
  static const char *const names[] = {"json", "csv", "table", "lines"};
  if (request->question) fail(EXIT_QUESTION, "one question, please: an argument stands behind it");
  if (strncmp(argument, "--", 2) != 0 || argument[2] == ' ' || argument[2] == '\n') {
    request->question = argument;
    return;
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(argument, option, sizeof option - 1) == 0 && strcmp(argument + sizeof option - 1, names[i]) == 0) {
      request->format = (enum format)i;
      return;
    }
  }
  fail(EXIT_QUESTION, "there is no option %.100s; there are --format=json, --format=csv, --format=table and --format=lines", argument);
}

static int hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Decodes a value of the query in place.
static void decode(char *text) {
  char *target = text;
  for (; *text; text++) {
    if (*text != '%') {
      *target++ = *text == '+' ? ' ' : *text;
      continue;
    }
    int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);
    if (low < 0 || high * 16 + low == 0) fail(EXIT_QUESTION, "the query has a broken escape");
    *target++ = (char)(high * 16 + low);
    text += 2;
  }
  *target = '\0';
}

static void take_query(struct request *request) {
  const char *query = getenv("QUERY_STRING");
  char *left = query ? strdup(query) : NULL;
  for (char *part = left; part; part = left) {
    left = strchr(part, '&');
    if (left) *left++ = '\0';
    if (!*part) continue;
    if (strncmp(part, "arg=", 4) != 0) fail(EXIT_QUESTION, "the query has arg=QUESTION and arg=--format=…, nothing else");
    decode(part + 4);
    take_argument(request, part + 4);
  }
}

// The question, when no argument is it.
static const char *from_input(void) {
  static char text[MAX_QUESTION + 2];
  size_t size = 0;
  ssize_t got;
  while (size < sizeof text - 1 && (got = read(STDIN_FILENO, text + size, sizeof text - 1 - size)) > 0) size += (size_t)got;
  if (size > MAX_QUESTION) fail(EXIT_QUESTION, "the question has more than %d bytes", MAX_QUESTION);
  if (memchr(text, 0, size)) fail(EXIT_QUESTION, "the question has a byte of zero");
  return text;
}

static bool is_blank(const char *text) { return text[strspn(text, " \t\r\n;")] == '\0'; }

static struct request read_request(int argc, char **argv) {
  struct request request = {.format = FORMAT_JSON};
  const char *method = getenv("REQUEST_METHOD"), *path = getenv("PATH_INFO");
  request.http = method != NULL;
  if (path && *path) fail(EXIT_QUESTION, "nothing is below sql; the question is ?arg=…");
  if (method && strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0) {
    fputs("Status: 405\nAllow: GET, HEAD, POST\n\n", stdout);
    exit(0);
  }
  for (int i = 1; i < argc; i++) take_argument(&request, argv[i]);
  if (request.http) take_query(&request);
  if (!request.question) request.question = from_input();
  if (is_blank(request.question)) fail(EXIT_QUESTION, "no question: give one in SQL, such as SELECT count(*) FROM data");
  if (!utf8_valid(request.question, strlen(request.question))) fail(EXIT_QUESTION, "the question is not UTF-8");
  return request;
}

// Where in the question SQLite found the fault, as "question line 2, column 8: "; empty where it names no place.
static const char *place(sqlite3 *db, const char *question) {
  int offset = question ? sqlite3_error_offset(db) : -1;
  if (offset < 0) return "";
  int line = 1, column = 1;
  for (int i = 0; i < offset && question[i]; i++) {
    if (question[i] == '\n') {
      line++;
      column = 1;
    } else if ((question[i] & 0xc0) != 0x80) {  // not a byte within a character
      column++;
    }
  }
  const char *text = sqlite3_mprintf("question line %d, column %d: ", line, column);
  return text ? text : "";
}

// Ends with what SQLite says, and with the tables that there are where it misses one. A question that could not be
// prepared is given for the place of its fault; NULL when an answer was under way.
static _Noreturn void fail_by(sqlite3 *db, const char *question) {
  const char *said = sqlite3_errmsg(db);
  switch (sqlite3_errcode(db)) {
    case SQLITE_NOMEM:
      fail_memory();
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      fail(EXIT_DATA, "the database is damaged: %s", said);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      fail(EXIT_READ, "the database cannot be read: %s", said);
    case SQLITE_AUTH:
      fail(EXIT_QUESTION, "a question only reads: %s", said);
    default:
      break;
  }
  if (table_fault) fail(EXIT_DATA, "%s", said);
  char *tables = strncmp(said, "no such table", 13) == 0 ? data_tables(db) : NULL;
  if (tables) fail(EXIT_QUESTION, "%s; %s", said, tables);
  fail(EXIT_QUESTION, "%s%s", place(db, question), said);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *question) {
  sqlite3_stmt *statement = NULL;
  const char *rest = NULL;
  if (sqlite3_prepare_v2(db, question, -1, &statement, &rest) != SQLITE_OK) fail_by(db, question);
  if (!statement) fail(EXIT_QUESTION, "no question: there is only a comment");
  sqlite3_stmt *second = NULL;
  if (sqlite3_prepare_v2(db, rest, -1, &second, NULL) != SQLITE_OK || second)
    fail(EXIT_QUESTION, "one question, please: another statement stands behind the first");
  if (!sqlite3_stmt_readonly(statement)) fail(EXIT_QUESTION, "a question only reads");
  if (sqlite3_bind_parameter_count(statement) > 0)
    fail(EXIT_QUESTION, "the question has a parameter; write its value instead");
  return statement;
}

int main(int argc, char **argv) {
  struct request request = read_request(argc, argv);
  limpet_init();
  sqlite3 *db = data_open(empty);
  guard(db);
  sqlite3_stmt *statement = prepare(db, request.question);
  if (answer(statement, request.format, request.http) != SQLITE_DONE) fail_by(db, NULL);
  return 0;
}
