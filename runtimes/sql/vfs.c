// A database file, read where it is: no locks, no journal, no writing; it cannot change while it is open.
//
// Reads that follow each other are served from a window of 64 KiB, since each call into the host has its
// price; a single page is read alone.

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sql.h"

enum { WINDOW = 64 << 10, READ_VERSION = 18, WRITE_VERSION = 19, WITH_WAL = 2, ROLLBACK = 1 };

struct database {
  sqlite3_file base;
  int file;
  int64_t follows;  // where the last read ended
  int64_t at;       // of the window
  size_t held;      // bytes in it
  unsigned char *window;
};

static int close_file(sqlite3_file *base) {
  struct database *db = (struct database *)base;
  close(db->file);
  free(db->window);
  return SQLITE_OK;
}

// As much as there is, up to size; -1 at an error.
static ssize_t fully(int file, void *target, size_t size, int64_t offset) {
  size_t done = 0;
  while (done < size) {
    ssize_t got = pread(file, (char *)target + done, size - done, (off_t)(offset + (int64_t)done));
    if (got < 0) return -1;
    if (got == 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

static ssize_t through_window(struct database *db, void *target, size_t size, int64_t offset) {
  bool inside = offset >= db->at && offset + (int64_t)size <= db->at + (int64_t)db->held;
  if (!inside) {
    if (offset != db->follows || size > WINDOW) return fully(db->file, target, size, offset);
    if (!db->window) db->window = malloc(WINDOW);
    if (!db->window) return fully(db->file, target, size, offset);
    ssize_t held = fully(db->file, db->window, WINDOW, offset);
    db->at = offset;
    db->held = held < 0 ? 0 : (size_t)held;
    if (held < 0) return -1;
  }
  size_t there = db->held - (size_t)(offset - db->at);
  size_t taken = size < there ? size : there;
  memcpy(target, db->window + (offset - db->at), taken);
  return (ssize_t)taken;
}

// A file that was written with a write-ahead log says so in its header, and would need that log and
// shared memory; here the log is empty or not there, so that the file alone is the database.
static void without_log(unsigned char *target, size_t size, int64_t offset) {
  for (int64_t place = READ_VERSION; place <= WRITE_VERSION; place++) {
    int64_t at = place - offset;
    if (at >= 0 && at < (int64_t)size && target[at] == WITH_WAL) target[at] = ROLLBACK;
  }
}

static int read_file(sqlite3_file *base, void *target, int size, sqlite3_int64 offset) {
  struct database *db = (struct database *)base;
  if (size < 0 || offset < 0) return SQLITE_IOERR_READ;
  ssize_t got = through_window(db, target, (size_t)size, offset);
  if (got < 0) return SQLITE_IOERR_READ;
  db->follows = offset + got;
  without_log(target, (size_t)got, offset);
  if (got == size) return SQLITE_OK;
  memset((char *)target + got, 0, (size_t)(size - got));
  return SQLITE_IOERR_SHORT_READ;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  struct stat status;
  if (fstat(((struct database *)base)->file, &status) != 0) return SQLITE_IOERR_FSTAT;
  *size = status.st_size;
  return SQLITE_OK;
}

static int refuse_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset) {
  (void)base, (void)bytes, (void)size, (void)offset;
  return SQLITE_READONLY;
}

static int refuse_truncate(sqlite3_file *base, sqlite3_int64 size) {
  (void)base, (void)size;
  return SQLITE_READONLY;
}

static int nothing(sqlite3_file *base, int level) {
  (void)base, (void)level;
  return SQLITE_OK;
}

static int not_reserved(sqlite3_file *base, int *reserved) {
  (void)base;
  *reserved = 0;
  return SQLITE_OK;
}

static int control(sqlite3_file *base, int operation, void *argument) {
  (void)base, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base) {
  (void)base;
  return 0;
}

static int characteristics(sqlite3_file *base) {
  (void)base;
  return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = refuse_write,
    .xTruncate = refuse_truncate,
    .xSync = nothing,
    .xFileSize = file_size,
    .xLock = nothing,
    .xUnlock = nothing,
    .xCheckReservedLock = not_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *opened) {
  (void)vfs;
  struct database *db = (struct database *)base;
  *db = (struct database){.file = -1, .follows = -1};
  if (!name || !(flags & SQLITE_OPEN_MAIN_DB)) return SQLITE_CANTOPEN;
  db->file = open(name, O_RDONLY);
  if (db->file < 0) return SQLITE_CANTOPEN;
  db->base.pMethods = &methods;
  if (opened) *opened = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
  return SQLITE_OK;
}

static int refuse_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  (void)vfs, (void)name, (void)sync;
  return SQLITE_READONLY;
}

// There is no journal beside an immutable file.
static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)vfs, (void)name, (void)flags;
  *result = 0;
  return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *name, int size, char *target) {
  (void)vfs;
  sqlite3_snprintf(size, target, "%s", name);
  return strlen(name) < (size_t)size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int randomness(sqlite3_vfs *vfs, int size, char *target) {
  (void)vfs;
  for (int done = 0; done < size; done += 256)
    if (getentropy(target + done, (size_t)(size - done < 256 ? size - done : 256)) != 0) return done;
  return size;
}

static int no_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}

// Milliseconds since noon of 24 November 4714 BC, Greenwich.
static int now(sqlite3_vfs *vfs, sqlite3_int64 *time) {
  static const sqlite3_int64 EPOCH = INT64_C(210866760000000);
  (void)vfs;
  struct timespec clock;
  if (clock_gettime(CLOCK_REALTIME, &clock) != 0) return SQLITE_ERROR;
  *time = EPOCH + (sqlite3_int64)clock.tv_sec * 1000 + clock.tv_nsec / 1000000;
  return SQLITE_OK;
}

static int now_days(sqlite3_vfs *vfs, double *days) {
  sqlite3_int64 time = 0;
  int result = now(vfs, &time);
  *days = (double)time / 86400000.0;
  return result;
}

static int last_error(sqlite3_vfs *vfs, int size, char *target) {
  (void)vfs;
  if (size > 0) *target = '\0';
  return errno;
}

int vfs_register(void) {
  static sqlite3_vfs vfs = {
      .iVersion = 2,
      .szOsFile = sizeof(struct database),
      .mxPathname = MAX_NAME * 2,
      .zName = "data",
      .xOpen = open_file,
      .xDelete = refuse_delete,
      .xAccess = access_file,
      .xFullPathname = full_path,
      .xRandomness = randomness,
      .xSleep = no_sleep,
      .xCurrentTime = now_days,
      .xGetLastError = last_error,
      .xCurrentTimeInt64 = now,
  };
  return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_init(void) { return vfs_register(); }
int sqlite3_os_end(void) { return SQLITE_OK; }
