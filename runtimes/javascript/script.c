#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "wasi.h"

// Where the host mounts it, and what it is called in errors.
static const char MOUNT[] = "/script";
static const char FIRST_ENTRY[] = "handler.js";
static const char SECOND_ENTRY[] = "index.js";

// Which of them it is.
static const char *entry = FIRST_ENTRY;

const char *script_name(void) { return entry; }

// As the product's limit of a script; a folder may hold as much in each file.
enum { MAX_SCRIPT_BYTES = 4 * 1024 * 1024 };

// The text of a module, with a zero byte behind it.
struct source {
  char *text;
  size_t length;
};

// The length of the UTF-8 sequence that begins there, or 0 when there is none.
static size_t sequence(const uint8_t *at, size_t left) {
  uint8_t first = at[0];
  if (first < 0x80) {
    return 1;
  }
  size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || length > left) {
    return 0;
  }
  for (size_t i = 1; i < length; i++) {
    if ((at[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  bool overlong = (first == 0xe0 && at[1] < 0xa0) || (first == 0xf0 && at[1] < 0x90);
  bool surrogate = first == 0xed && at[1] > 0x9f;
  bool beyond = first == 0xf4 && at[1] > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

// The line in which the text stops being UTF-8, or 0 when it does not.
static unsigned bad_line(const struct source *source) {
  unsigned line = 1;
  size_t at = 0;
  while (at < source->length) {
    size_t length = sequence((const uint8_t *)source->text + at, source->length - at);
    if (length == 0) {
      return line;
    }
    line += source->text[at] == '\n';
    at += length;
  }
  return 0;
}

// Reads a file that is open. On failure an exception is pending and there is nothing to free.
static bool read_source(JSContext *ctx, int fd, const char *name, struct source *source) {
  uint64_t size;
  if (wasi_stat(fd, &size) != KIND_FILE) {
    JS_ThrowPlainError(ctx, "%s is no file", name);
    return false;
  }
  if (size > MAX_SCRIPT_BYTES) {
    JS_ThrowRangeError(ctx, "%s has %llu bytes; a script has at most %d", name,
                       (unsigned long long)size, MAX_SCRIPT_BYTES);
    return false;
  }
  source->length = (size_t)size;
  source->text = malloc(source->length + 1);
  if (source->text == NULL) {
    JS_ThrowOutOfMemory(ctx);
    return false;
  }
  size_t done = 0;
  while (done < source->length) {
    long got = wasi_read_at(fd, done, source->text + done, source->length - done);
    if (got <= 0) {
      free(source->text);
      JS_ThrowPlainError(ctx, "%s cannot be read", name);
      return false;
    }
    done += (size_t)got;
  }
  source->text[source->length] = '\0';
  return true;
}

// Compiles a text as a module of that name, and frees it.
static JSValue compile(JSContext *ctx, const char *name, struct source *source) {
  unsigned line = bad_line(source);
  JSValue module;
  if (line > 0) {
    module = JS_ThrowSyntaxError(ctx, "line %u of %s is not UTF-8", line, name);
  } else {
    static const char MARK[] = "\xef\xbb\xbf";
    size_t skip = source->length >= 3 && memcmp(source->text, MARK, 3) == 0 ? 3 : 0;
    module = JS_Eval(ctx, source->text + skip, source->length - skip, name,
                     JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  }
  free(source->text);
  return module;
}

// Opens what the mount names itself: a file, or a folder.
static int open_root(JSContext *ctx, enum kind *kind) {
  int mount = wasi_mount(MOUNT);
  int error = 0;
  int root = mount < 0 ? -1 : wasi_open(mount, ".", 1, &error);
  uint64_t size;
  *kind = root < 0 ? KIND_NONE : wasi_stat(root, &size);
  if (*kind == KIND_NONE) {
    JS_ThrowPlainError(ctx, "there is no script at %s", MOUNT);
    if (root >= 0) {
      wasi_close(root);
    }
    return -1;
  }
  return root;
}

static JSModuleDef *load(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  enum kind kind;
  int root = open_root(ctx, &kind);
  if (root < 0) {
    return NULL;
  }
  int error;
  int fd = kind == KIND_DIRECTORY ? wasi_open(root, name, strlen(name), &error) : -1;
  wasi_close(root);
  if (fd < 0) {
    JS_ThrowReferenceError(ctx,
                           "cannot import %s: it is not beside the script; make one file of all "
                           "with a bundler, or deploy the folder",
                           name);
    return NULL;
  }
  struct source source;
  bool good = read_source(ctx, fd, name, &source);
  wasi_close(fd);
  JSValue module = good ? compile(ctx, name, &source) : JS_EXCEPTION;
  if (JS_IsException(module)) {
    return NULL;
  }
  JSModuleDef *found = JS_VALUE_GET_PTR(module);
  JS_FreeValue(ctx, module); // the context keeps it
  return found;
}

void script_set_loader(JSRuntime *rt) { JS_SetModuleLoaderFunc(rt, NULL, load, NULL); }

// Opens the script's first file in its folder, which is closed; -1 when there is none.
static int open_entry(int folder) {
  int error;
  int fd = wasi_open(folder, FIRST_ENTRY, strlen(FIRST_ENTRY), &error);
  if (fd < 0) {
    fd = wasi_open(folder, SECOND_ENTRY, strlen(SECOND_ENTRY), &error);
    entry = fd < 0 ? FIRST_ENTRY : SECOND_ENTRY;
  }
  wasi_close(folder);
  return fd;
}

JSValue script_compile(JSContext *ctx) {
  enum kind kind;
  int root = open_root(ctx, &kind);
  if (root < 0) {
    return JS_EXCEPTION;
  }
  int fd = kind == KIND_DIRECTORY ? open_entry(root) : root;
  if (fd < 0) {
    return JS_ThrowPlainError(ctx, "the folder has no %s and no %s", FIRST_ENTRY, SECOND_ENTRY);
  }
  struct source source;
  bool good = read_source(ctx, fd, entry, &source);
  wasi_close(fd);
  return good ? compile(ctx, entry, &source) : JS_EXCEPTION;
}
