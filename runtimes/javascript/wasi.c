#include "wasi.h"

#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { FIRST_MOUNT = 3, MAX_MOUNTS = 32, MAX_MOUNT_NAME = 64, LIST_BYTES = 16 * 1024 };

int wasi_mount(const char *path) {
  size_t length = strlen(path);
  for (int fd = FIRST_MOUNT; fd < FIRST_MOUNT + MAX_MOUNTS; fd++) {
    __wasi_prestat_t found;
    if (__wasi_fd_prestat_get((__wasi_fd_t)fd, &found) != __WASI_ERRNO_SUCCESS) {
      return -1;
    }
    char name[MAX_MOUNT_NAME];
    size_t bytes = found.u.dir.pr_name_len;
    if (bytes <= sizeof name && bytes == length &&
        __wasi_fd_prestat_dir_name((__wasi_fd_t)fd, (uint8_t *)name, bytes) ==
            __WASI_ERRNO_SUCCESS &&
        memcmp(name, path, length) == 0) {
      return fd;
    }
  }
  return -1;
}

// Everything that a read-only file or directory can be asked for; the host may offer less.
static const __wasi_rights_t RIGHTS = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK |
                                      __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_FILESTAT_GET |
                                      __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN |
                                      __WASI_RIGHTS_PATH_FILESTAT_GET;

// The function of the C library's header takes a text that ends with a zero byte.
extern int32_t limpet_path_open(int32_t, int32_t, const char *, int32_t, int32_t, int64_t, int64_t,
                                int32_t, int32_t *)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));

int wasi_open(int directory, const char *path, size_t length, int *error) {
  int32_t opened = -1;
  *error = limpet_path_open(directory, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, (int32_t)length, 0,
                            (int64_t)RIGHTS, (int64_t)RIGHTS, 0, &opened);
  return *error == __WASI_ERRNO_SUCCESS ? opened : -1;
}

void wasi_close(int descriptor) { (void)__wasi_fd_close((__wasi_fd_t)descriptor); }

enum kind wasi_stat(int descriptor, uint64_t *size) {
  __wasi_filestat_t stat;
  if (__wasi_fd_filestat_get((__wasi_fd_t)descriptor, &stat) != __WASI_ERRNO_SUCCESS) {
    return KIND_NONE;
  }
  *size = stat.size;
  switch (stat.filetype) {
  case __WASI_FILETYPE_DIRECTORY:
    return KIND_DIRECTORY;
  case __WASI_FILETYPE_REGULAR_FILE:
    return KIND_FILE;
  default:
    return KIND_NONE;
  }
}

long wasi_read(int descriptor, void *target, size_t length) {
  __wasi_iovec_t into = {.buf = target, .buf_len = length};
  __wasi_size_t got = 0;
  return __wasi_fd_read((__wasi_fd_t)descriptor, &into, 1, &got) == __WASI_ERRNO_SUCCESS
             ? (long)got
             : -1;
}

long wasi_read_at(int descriptor, uint64_t position, void *target, size_t length) {
  __wasi_iovec_t into = {.buf = target, .buf_len = length};
  __wasi_size_t got = 0;
  return __wasi_fd_pread((__wasi_fd_t)descriptor, &into, 1, position, &got) ==
                 __WASI_ERRNO_SUCCESS
             ? (long)got
             : -1;
}

bool wasi_write(int descriptor, const void *source, size_t length) {
  const uint8_t *bytes = source;
  while (length > 0) {
    __wasi_ciovec_t from = {.buf = bytes, .buf_len = length};
    __wasi_size_t written = 0;
    if (__wasi_fd_write((__wasi_fd_t)descriptor, &from, 1, &written) != __WASI_ERRNO_SUCCESS ||
        written == 0 || written > length) {
      return false;
    }
    bytes += written;
    length -= written;
  }
  return true;
}

// The entries of one buffer; false when the callback says so.
static bool list_page(const uint8_t *page, size_t used, __wasi_dircookie_t *cookie,
                      size_t *consumed,
                      bool (*each)(void *context, const char *name, size_t length),
                      void *context) {
  size_t at = 0;
  while (used - at >= sizeof(__wasi_dirent_t)) {
    __wasi_dirent_t entry;
    memcpy(&entry, page + at, sizeof entry);
    if (entry.d_namlen > used - at - sizeof entry) {
      break; // cut off at the end of the buffer: it comes again
    }
    const char *name = (const char *)page + at + sizeof entry;
    bool dots = (entry.d_namlen == 1 && name[0] == '.') ||
                (entry.d_namlen == 2 && name[0] == '.' && name[1] == '.');
    if (!dots && !each(context, name, entry.d_namlen)) {
      return false;
    }
    *cookie = entry.d_next;
    at += sizeof entry + entry.d_namlen;
  }
  *consumed = at;
  return true;
}

bool wasi_list(int descriptor, bool (*each)(void *context, const char *name, size_t length),
               void *context) {
  uint8_t *page = malloc(LIST_BYTES);
  if (page == NULL) {
    return false;
  }
  __wasi_dircookie_t cookie = 0;
  bool good = true;
  bool more = true;
  while (good && more) {
    __wasi_size_t used = 0;
    size_t consumed = 0;
    good = __wasi_fd_readdir((__wasi_fd_t)descriptor, page, LIST_BYTES, cookie, &used) ==
               __WASI_ERRNO_SUCCESS &&
           used <= LIST_BYTES && list_page(page, used, &cookie, &consumed, each, context);
    more = used == LIST_BYTES && consumed > 0; // a buffer that is not full is the last one
  }
  free(page);
  return good;
}

char *wasi_environment(size_t *count) {
  __wasi_size_t variables = 0;
  __wasi_size_t bytes = 0;
  if (__wasi_environ_sizes_get(&variables, &bytes) != __WASI_ERRNO_SUCCESS) {
    variables = 0;
    bytes = 0;
  }
  char *text = malloc(bytes + 1);
  uint8_t **starts = calloc(variables + 1, sizeof *starts);
  if (text == NULL || starts == NULL ||
      (variables > 0 && __wasi_environ_get(starts, (uint8_t *)text) != __WASI_ERRNO_SUCCESS)) {
    free(text);
    text = NULL;
  }
  free(starts);
  *count = text == NULL ? 0 : variables;
  return text;
}

bool wasi_random(void *target, size_t length) {
  return __wasi_random_get(target, length) == __WASI_ERRNO_SUCCESS;
}

void wasi_sleep(uint64_t nanoseconds) {
  __wasi_subscription_t wanted;
  memset(&wanted, 0, sizeof wanted);
  wanted.u.tag = __WASI_EVENTTYPE_CLOCK;
  wanted.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  wanted.u.u.clock.timeout = nanoseconds;
  __wasi_event_t event;
  __wasi_size_t events = 0;
  (void)__wasi_poll_oneoff(&wanted, &event, 1, &events);
}

_Noreturn void wasi_exit(int code) { __wasi_proc_exit((__wasi_exitcode_t)code); }

const char *wasi_error(int number) {
  switch (number) {
  case __WASI_ERRNO_NOENT:
    return "there is none";
  case __WASI_ERRNO_NOTDIR:
    return "a part of the path is no folder";
  case __WASI_ERRNO_NOTCAPABLE:
  case __WASI_ERRNO_PERM:
  case __WASI_ERRNO_ACCES:
    return "the path leads out of it";
  case __WASI_ERRNO_MFILE:
    return "too many files are open";
  case __WASI_ERRNO_NAMETOOLONG:
    return "the path is too long";
  case __WASI_ERRNO_LOOP:
    return "too many links";
  default:
    return "it cannot be opened";
  }
}
