// /data, /data1 and so on, and what is in them, as tables.
//
//   a database file            its tables; /data is main, /data1 the schema data1
//   a CSV or TSV file          the table data, or data1
//   a folder                   each *.csv, *.tsv and *.txt in it is a table of its name without that
//                              ending; all of them together are the table data, or data1; each *.db,
//                              *.sqlite and *.sqlite3 is a schema
//
// What a file is named decides in a folder; a file alone has no name, so its first bytes do.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql.h"

enum { MAX_PATH = MAX_NAME * 2, MAX_SHOWN = 20 };

// Of a database: places in its header, and sizes of its pages.
enum { PAGE_SIZE_AT = 16, CHANGES_AT = 24, PAGES_AT = 28, VALID_FOR_AT = 92, SMALLEST_PAGE = 512, LARGEST_PAGE = 65536 };

static const char MAGIC[16] = "SQLite format 3";

enum form { FORM_NONE, FORM_TEXT, FORM_DATABASE };

// The names of all tables that were made known, for sentences.
static struct {
  const char *names[MAX_SHOWN];
  uint32_t shown, count;
} known;

static char *copy(const char *text) {
  char *made = strdup(text);
  if (!made) fail(EXIT_MEMORY, "no memory is left for the names of the files");
  return made;
}

static char *joined(const char *folder, const char *name) {
  char path[MAX_PATH + 1];
  if (strlen(folder) + strlen(name) + 1 > MAX_PATH) fail(EXIT_DATA, "the name of a file in the folder is too long");
  sqlite3_snprintf(sizeof path, path, "%s/%s", folder, name);
  return copy(path);
}

static enum form form_of_name(const char *name) {
  static const char *const texts[] = {".csv", ".tsv", ".txt"};
  static const char *const databases[] = {".db", ".sqlite", ".sqlite3"};
  const char *dot = strrchr(name, '.');
  if (!dot || dot == name) return FORM_NONE;
  for (size_t i = 0; i < 3; i++) {
    if (sqlite3_stricmp(dot, texts[i]) == 0) return FORM_TEXT;
    if (sqlite3_stricmp(dot, databases[i]) == 0) return FORM_DATABASE;
  }
  return FORM_NONE;
}

static enum form form_of_content(const char *path) {
  char head[sizeof MAGIC];
  int file = open(path, O_RDONLY);
  if (file < 0) fail(EXIT_READ, "%s cannot be opened (%s)", path, strerror(errno));
  ssize_t got = pread(file, head, sizeof head, 0);
  close(file);
  if (got < 0) fail(EXIT_READ, "%s cannot be read (%s)", path, strerror(errno));
  return got == sizeof head && memcmp(head, MAGIC, sizeof head) == 0 ? FORM_DATABASE : FORM_TEXT;
}

static void make_known(sqlite3 *db, const char *name, struct source *sources, uint32_t count) {
  struct table *table = malloc(sizeof *table);
  if (!table) fail(EXIT_MEMORY, "no memory is left for the tables");
  *table = (struct table){sources, count};
  if (table_register(db, name, table) != SQLITE_OK) fail(EXIT_MEMORY, "no memory is left for the tables");
  if (known.shown < MAX_SHOWN) known.names[known.shown++] = copy(name);
  known.count++;
}

static uint32_t number_at(const unsigned char *head, int at) {
  return (uint32_t)head[at] << 24 | (uint32_t)head[at + 1] << 16 | (uint32_t)head[at + 2] << 8 | head[at + 3];
}

// SQLite reads what is missing of a last page as zeros, and rows in it as nulls. How many pages there are stands
// in the header where two of its numbers agree, and follows from the size of the file where not (file format, 1.3.8).
static void require_last_page(const char *path) {
  unsigned char head[VALID_FOR_AT + 4] = {0};
  struct stat status;
  int file = open(path, O_RDONLY);
  if (file < 0) fail(EXIT_READ, "%s cannot be opened (%s)", path, strerror(errno));
  bool whole = fstat(file, &status) == 0 && pread(file, head, sizeof head, 0) == (ssize_t)sizeof head;
  close(file);
  if (!whole || memcmp(head, MAGIC, sizeof MAGIC) != 0) return;
  int page = head[PAGE_SIZE_AT] << 8 | head[PAGE_SIZE_AT + 1];
  if (page == 1) page = LARGEST_PAGE;
  if (page < SMALLEST_PAGE || (page & (page - 1)) != 0) return;  // SQLite says what it is
  int64_t size = status.st_size, pages = number_at(head, PAGES_AT);
  bool counted = pages > 0 && number_at(head, CHANGES_AT) == number_at(head, VALID_FOR_AT);
  if (!counted) pages = (size + page - 1) / page;
  if (size < pages * page)
    fail(EXIT_DATA, "%s is cut short: %lld pages of %d bytes, and %lld bytes are here", path + 1, (long long)pages, page,
         (long long)size);
}

static void attach(sqlite3 *db, const char *path, const char *schema) {
  require_last_page(path);
  char *text = sqlite3_mprintf("ATTACH %Q AS %Q", path, schema);
  char *error = NULL;
  if (!text) fail(EXIT_MEMORY, "no memory is left for the databases");
  if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK) fail(EXIT_DATA, "%s: %s", path, error ? error : "not opened");
  sqlite3_free(text);
}

struct listing {
  char **names;
  uint32_t count, room;
};

static void list_one(struct listing *listing, const char *name) {
  if (form_of_name(name) == FORM_NONE) return;
  if (listing->count == MAX_FILES) fail(EXIT_DATA, "the folder has more than %d files", MAX_FILES);
  if (listing->count == listing->room) {
    listing->room = listing->room ? listing->room * 2 : 64;
    listing->names = realloc(listing->names, listing->room * sizeof *listing->names);
    if (!listing->names) fail(EXIT_MEMORY, "no memory is left for the names of the files");
  }
  listing->names[listing->count++] = copy(name);
}

static int by_bytes(const void *one, const void *other) {
  return strcmp(*(char *const *)one, *(char *const *)other);
}

// The files that may be tables, by name.
static struct listing list(const char *folder) {
  struct listing listing = {0};
  DIR *open = opendir(folder);
  if (!open) fail(EXIT_READ, "%s cannot be opened (%s)", folder, strerror(errno));
  errno = 0;
  for (struct dirent *entry = readdir(open); entry; entry = readdir(open)) list_one(&listing, entry->d_name);
  if (errno != 0) fail(EXIT_READ, "%s cannot be listed (%s)", folder, strerror(errno));
  closedir(open);
  if (listing.count > 1) qsort(listing.names, listing.count, sizeof *listing.names, by_bytes);
  return listing;
}

static char *stem(const char *name) {
  char *made = copy(name);
  *strrchr(made, '.') = '\0';
  return made;
}

// The table of all comes last, so that a file that is called data.csv does not hide it.
static void open_folder(sqlite3 *db, const char *folder, const char *name) {
  struct listing listing = list(folder);
  struct source *sources = calloc(listing.count + 1, sizeof *sources);
  if (!sources) fail(EXIT_MEMORY, "no memory is left for the names of the files");
  uint32_t texts = 0;
  for (uint32_t i = 0; i < listing.count; i++) {
    char *path = joined(folder, listing.names[i]);
    if (form_of_name(listing.names[i]) == FORM_DATABASE) {
      attach(db, path, stem(listing.names[i]));
    } else {
      sources[texts] = (struct source){path, listing.names[i]};
      make_known(db, stem(listing.names[i]), &sources[texts++], 1);
    }
  }
  if (listing.count == 0)
    fail(EXIT_QUESTION, "the folder has no file *.csv, *.tsv, *.txt, *.db, *.sqlite or *.sqlite3; ask about a file in it");
  if (texts > 0) make_known(db, name, sources, texts);
}

static bool is_folder(const char *path, bool *exists) {
  struct stat status;
  *exists = stat(path, &status) == 0;
  return *exists && S_ISDIR(status.st_mode);
}

static void open_input(sqlite3 *db, const char *path, const char *name, bool folder) {
  if (folder) {
    open_folder(db, path, name);
  } else if (form_of_content(path) == FORM_DATABASE) {
    if (strcmp(path, "/data") != 0) attach(db, path, name);
  } else {
    struct source *source = malloc(sizeof *source);
    if (!source) fail(EXIT_MEMORY, "no memory is left for the tables");
    *source = (struct source){copy(path), copy(name)};
    make_known(db, name, source, 1);
  }
}

static sqlite3 *open_main(sqlite3 *empty, bool folder) {
  sqlite3 *db = NULL;
  if (folder || form_of_content("/data") != FORM_DATABASE) return empty;
  require_last_page("/data");
  if (sqlite3_open_v2("/data", &db, SQLITE_OPEN_READONLY, "data") != SQLITE_OK)
    fail(EXIT_READ, "the database cannot be opened: %s", db ? sqlite3_errmsg(db) : "no memory");
  return db;
}

sqlite3 *data_open(sqlite3 *empty) {
  bool exists, folder = is_folder("/data", &exists);
  if (!exists) return empty;
  sqlite3 *db = open_main(empty, folder);
  for (int i = 0; i < MAX_INPUTS; i++) {
    char path[16];
    sqlite3_snprintf(sizeof path, path, i ? "/data%d" : "/data", i);
    folder = is_folder(path, &exists);
    if (!exists) return db;
    open_input(db, path, path + 1, folder);
  }
  return db;
}

char *data_tables(sqlite3 *db) {
  sqlite3_str *text = sqlite3_str_new(db);
  for (uint32_t i = known.shown; i > 0; i--)
    sqlite3_str_appendf(text, "%s%s", i == known.shown ? "there is " : ", ", known.names[i - 1]);
  if (known.count > known.shown) sqlite3_str_appendf(text, " and %u more", known.count - known.shown);
  return sqlite3_str_finish(text);
}
