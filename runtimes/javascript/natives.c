#include "natives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wasi.h"

enum { STANDARD_ERROR = 2, MAX_EARLY_BYTES = 4096, FIRST_BUFFER = 64 * 1024 };

// The most that one value of a script can hold.
static const uint64_t MAX_BYTES = 1u << 30;

static char early[MAX_EARLY_BYTES];
static size_t early_length;
static bool in_call;
static uint64_t random_state[2];

void natives_flush(void) {
  (void)wasi_write(STANDARD_ERROR, early, early_length);
}

void natives_begin_call(void) {
  in_call = true;
  random_state[0] = 0;
  random_state[1] = 0;
  natives_flush();
}

// A whole number from 0 to 2^53 that a prelude passes, or an exception.
static int argument(JSContext *ctx, JSValueConst value, uint64_t *result) {
  double number;
  if (JS_ToFloat64(ctx, &number, value) < 0) {
    return -1;
  }
  if (!(number >= 0 && number <= 9007199254740992.0)) {
    JS_ThrowRangeError(ctx, "not a number of bytes");
    return -1;
  }
  *result = (uint64_t)number;
  return 0;
}

static int descriptor(JSContext *ctx, JSValueConst value, int *result) {
  int32_t number;
  if (JS_ToInt32(ctx, &number, value) < 0) {
    return -1;
  }
  if (number < 0) {
    JS_ThrowTypeError(ctx, "it is closed");
    return -1;
  }
  *result = number;
  return 0;
}

static void *resized(JSRuntime *rt, void *opaque, void *bytes, size_t size) {
  (void)rt;
  (void)opaque;
  if (size == 0) {
    free(bytes);
    return NULL;
  }
  return realloc(bytes, size);
}

// The bytes, which it owns from here on, as a Uint8Array or as a text.
static JSValue given(JSContext *ctx, uint8_t *bytes, size_t length, bool text) {
  if (!text) {
    // When this fails, the bytes may be freed or not: they are left, and the call ends.
    return JS_NewUint8Array(ctx, bytes, length, resized, NULL, false);
  }
  JSValue result = JS_NewStringLen(ctx, (const char *)bytes, length);
  free(bytes);
  return result;
}

static JSValue read_failed(JSContext *ctx) {
  return JS_ThrowInternalError(ctx, "reading failed");
}

// A part of a file, whole.
static JSValue range(JSContext *ctx, int fd, uint64_t position, uint64_t length, bool text) {
  if (length > MAX_BYTES) {
    return JS_ThrowRangeError(ctx, "%llu bytes at once are too many: read it in parts, or lines()",
                              (unsigned long long)length);
  }
  uint8_t *bytes = malloc(length + 1);
  if (bytes == NULL) {
    return JS_ThrowOutOfMemory(ctx);
  }
  uint64_t done = 0;
  while (done < length) {
    long got = wasi_read_at(fd, position + done, bytes + done, (size_t)(length - done));
    if (got <= 0) {
      free(bytes);
      return read_failed(ctx);
    }
    done += (uint64_t)got;
  }
  return given(ctx, bytes, (size_t)length, text);
}

// All that comes on a stream.
static JSValue drained(JSContext *ctx, int fd, bool text) {
  size_t capacity = FIRST_BUFFER;
  size_t length = 0;
  uint8_t *bytes = malloc(capacity);
  while (bytes != NULL) {
    long got = wasi_read(fd, bytes + length, capacity - length);
    if (got < 0) {
      free(bytes);
      return read_failed(ctx);
    }
    if (got == 0) {
      return given(ctx, bytes, length, text);
    }
    length += (size_t)got;
    if (length == capacity) {
      uint8_t *larger = capacity >= MAX_BYTES ? NULL : realloc(bytes, capacity * 2);
      if (larger == NULL) {
        free(bytes);
      }
      bytes = larger;
      capacity *= 2;
    }
  }
  return JS_ThrowOutOfMemory(ctx);
}

// all(descriptor, text): all of a file, or what is left of a stream.
static JSValue js_all(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  if (descriptor(ctx, argv[0], &fd) < 0) {
    return JS_EXCEPTION;
  }
  bool text = JS_ToBool(ctx, argv[1]) > 0;
  uint64_t size;
  return fd > STANDARD_ERROR && wasi_stat(fd, &size) == KIND_FILE ? range(ctx, fd, 0, size, text)
                                                                  : drained(ctx, fd, text);
}

// range(descriptor, position, length): bytes that are there.
static JSValue js_range(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  uint64_t position;
  uint64_t length;
  if (descriptor(ctx, argv[0], &fd) < 0 || argument(ctx, argv[1], &position) < 0 ||
      argument(ctx, argv[2], &length) < 0) {
    return JS_EXCEPTION;
  }
  return range(ctx, fd, position, length, false);
}

// read(descriptor, most): what comes next on a stream; none at its end.
static JSValue js_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  uint64_t most;
  if (descriptor(ctx, argv[0], &fd) < 0 || argument(ctx, argv[1], &most) < 0) {
    return JS_EXCEPTION;
  }
  if (most > MAX_BYTES) {
    most = MAX_BYTES;
  }
  uint8_t *bytes = malloc((size_t)most + 1);
  if (bytes == NULL) {
    return JS_ThrowOutOfMemory(ctx);
  }
  long got = wasi_read(fd, bytes, (size_t)most);
  if (got < 0) {
    free(bytes);
    return read_failed(ctx);
  }
  return given(ctx, bytes, (size_t)got, false);
}

// A line without its end, as a text.
static JSValue line_text(JSContext *ctx, const uint8_t *bytes, size_t length) {
  if (length > 0 && bytes[length - 1] == '\r') {
    length--;
  }
  return JS_NewStringLen(ctx, (const char *)bytes, length);
}

// Two runs of bytes as one; NULL when there is no memory.
static uint8_t *joined(const uint8_t *first, size_t first_length, const uint8_t *second,
                       size_t second_length) {
  uint8_t *both = malloc(first_length + second_length + 1);
  if (both != NULL) {
    memcpy(both, first, first_length);
    memcpy(both + first_length, second, second_length);
  }
  return both;
}

// Appends the lines that end in the piece; the first begins with the rest of the piece before.
// The number of bytes that are lines, or -1.
static long add_lines(JSContext *ctx, JSValueConst lines, const uint8_t *rest, size_t rest_length,
                      const uint8_t *piece, size_t length) {
  size_t start = 0;
  uint32_t count = 0;
  const uint8_t *end;
  while (start < length && (end = memchr(piece + start, '\n', length - start)) != NULL) {
    size_t bytes = (size_t)(end - piece) - start;
    JSValue line;
    if (count == 0 && rest_length > 0) {
      uint8_t *both = joined(rest, rest_length, piece, bytes);
      line = both == NULL ? JS_ThrowOutOfMemory(ctx) : line_text(ctx, both, rest_length + bytes);
      free(both);
    } else {
      line = line_text(ctx, piece + start, bytes);
    }
    if (JS_IsException(line) ||
        JS_DefinePropertyValueUint32(ctx, lines, count, line, JS_PROP_C_W_E) < 0) {
      return -1;
    }
    count++;
    start += bytes + 1;
  }
  return (long)start;
}

// lines(rest, piece): [the lines that end in the piece, what is left of it].
static JSValue js_lines(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  size_t rest_length;
  size_t length;
  const uint8_t *rest = JS_GetUint8Array(ctx, &rest_length, argv[0]);
  const uint8_t *piece = JS_GetUint8Array(ctx, &length, argv[1]);
  if (rest == NULL || piece == NULL) {
    return JS_EXCEPTION;
  }
  JSValue lines = JS_NewArray(ctx);
  if (JS_IsException(lines)) {
    return JS_EXCEPTION;
  }
  long used = add_lines(ctx, lines, rest, rest_length, piece, length);
  uint8_t *left = NULL;
  size_t left_length = 0;
  if (used >= 0) {
    size_t kept = used == 0 ? rest_length : 0;
    left_length = kept + length - (size_t)used;
    left = joined(rest, kept, piece + used, length - (size_t)used);
    if (left == NULL) {
      JS_ThrowOutOfMemory(ctx);
    }
  }
  JSValue cut = left == NULL ? JS_EXCEPTION : given(ctx, left, left_length, false);
  JSValue pair = JS_IsException(cut) ? JS_EXCEPTION : JS_NewArray(ctx);
  if (JS_IsException(pair)) {
    JS_FreeValue(ctx, lines);
    JS_FreeValue(ctx, cut);
    return JS_EXCEPTION;
  }
  if (JS_DefinePropertyValueUint32(ctx, pair, 0, lines, JS_PROP_C_W_E) < 0) {
    JS_FreeValue(ctx, cut);
  } else if (JS_DefinePropertyValueUint32(ctx, pair, 1, cut, JS_PROP_C_W_E) >= 0) {
    return pair;
  }
  JS_FreeValue(ctx, pair);
  return JS_EXCEPTION;
}

// [descriptor, kind, size] of what is open.
static JSValue opened(JSContext *ctx, int fd, enum kind kind, uint64_t size) {
  JSValue triple = JS_NewArray(ctx);
  if (JS_IsException(triple)) {
    return JS_EXCEPTION;
  }
  JSValue name = JS_NewString(ctx, kind == KIND_FILE ? "file" : "folder");
  double bytes = kind == KIND_FILE ? (double)size : 0;
  if (JS_IsException(name) ||
      JS_DefinePropertyValueUint32(ctx, triple, 1, name, JS_PROP_C_W_E) < 0 ||
      JS_DefinePropertyValueUint32(ctx, triple, 0, JS_NewInt32(ctx, fd), JS_PROP_C_W_E) < 0 ||
      JS_DefinePropertyValueUint32(ctx, triple, 2, JS_NewFloat64(ctx, bytes), JS_PROP_C_W_E) < 0) {
    JS_FreeValue(ctx, triple);
    return JS_EXCEPTION;
  }
  return triple;
}

static JSValue open_below(JSContext *ctx, int directory, const char *path, size_t length,
                          const char *shown) {
  int error;
  int fd = wasi_open(directory, path, length, &error);
  if (fd < 0) {
    return JS_ThrowPlainError(ctx, "cannot open %s: %s", shown, wasi_error(error));
  }
  uint64_t size = 0;
  enum kind kind = wasi_stat(fd, &size);
  JSValue result = kind == KIND_NONE ? JS_ThrowPlainError(ctx, "%s is no file and no folder", shown)
                                     : opened(ctx, fd, kind, size);
  if (JS_IsException(result)) {
    wasi_close(fd);
  }
  return result;
}

// open(directory, path, shown)
static JSValue js_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int directory;
  if (descriptor(ctx, argv[0], &directory) < 0) {
    return JS_EXCEPTION;
  }
  size_t length;
  const char *path = JS_ToCStringLen(ctx, &length, argv[1]);
  const char *shown = path == NULL ? NULL : JS_ToCString(ctx, argv[2]);
  JSValue result =
      shown == NULL ? JS_EXCEPTION : open_below(ctx, directory, path, length, shown);
  JS_FreeCString(ctx, shown);
  JS_FreeCString(ctx, path);
  return result;
}

// mount(path): what is mounted there, or null.
static JSValue js_mount(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  const char *path = JS_ToCString(ctx, argv[0]);
  if (path == NULL) {
    return JS_EXCEPTION;
  }
  int fd = wasi_mount(path);
  JSValue result = fd < 0 ? JS_NULL : open_below(ctx, fd, ".", 1, path);
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue js_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  if (descriptor(ctx, argv[0], &fd) < 0) {
    return JS_EXCEPTION;
  }
  wasi_close(fd);
  return JS_UNDEFINED;
}

struct names {
  JSContext *ctx;
  JSValueConst array;
  uint32_t count;
};

static bool add_name(void *context, const char *name, size_t length) {
  struct names *names = context;
  JSValue text = JS_NewStringLen(names->ctx, name, length);
  return !JS_IsException(text) &&
         JS_DefinePropertyValueUint32(names->ctx, names->array, names->count++, text,
                                      JS_PROP_C_W_E) >= 0;
}

// list(directory): the names in it.
static JSValue js_list(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  if (descriptor(ctx, argv[0], &fd) < 0) {
    return JS_EXCEPTION;
  }
  JSValue array = JS_NewArray(ctx);
  if (JS_IsException(array)) {
    return JS_EXCEPTION;
  }
  struct names names = {.ctx = ctx, .array = array, .count = 0};
  if (!wasi_list(fd, add_name, &names)) {
    JS_FreeValue(ctx, array);
    return JS_HasException(ctx) ? JS_EXCEPTION : read_failed(ctx);
  }
  return array;
}

static bool write_value(JSContext *ctx, int fd, JSValueConst value) {
  size_t length;
  if (!JS_IsString(value)) {
    const uint8_t *bytes = JS_GetUint8Array(ctx, &length, value);
    return bytes != NULL && wasi_write(fd, bytes, length);
  }
  const char *text = JS_ToCStringLen(ctx, &length, value);
  bool done = text != NULL && wasi_write(fd, text, length);
  JS_FreeCString(ctx, text);
  return done;
}

// write(descriptor, string or bytes)
static JSValue js_write(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  int fd;
  if (descriptor(ctx, argv[0], &fd) < 0) {
    return JS_EXCEPTION;
  }
  if (write_value(ctx, fd, argv[1])) {
    return JS_UNDEFINED;
  }
  return JS_HasException(ctx) ? JS_EXCEPTION : JS_ThrowInternalError(ctx, "writing failed");
}

// log(string)
static JSValue js_log(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (text == NULL) {
    return JS_EXCEPTION;
  }
  if (in_call) {
    (void)wasi_write(STANDARD_ERROR, text, length);
  } else {
    size_t room = sizeof early - early_length;
    size_t kept = length < room ? length : room;
    memcpy(early + early_length, text, kept);
    early_length += kept;
  }
  JS_FreeCString(ctx, text);
  return JS_UNDEFINED;
}

// text(bytes)
static JSValue js_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  size_t length;
  const uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[0]);
  return bytes == NULL ? JS_EXCEPTION : JS_NewStringLen(ctx, (const char *)bytes, length);
}

// utf8(string)
static JSValue js_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (text == NULL) {
    return JS_EXCEPTION;
  }
  JSValue result = JS_NewUint8ArrayCopy(ctx, (const uint8_t *)text, length);
  JS_FreeCString(ctx, text);
  return result;
}

// Sets a property to a text of so many bytes.
static bool set_text(JSContext *ctx, JSValueConst object, const char *name, size_t name_length,
                     const char *text, size_t length) {
  JSAtom atom = JS_NewAtomLen(ctx, name, name_length);
  if (atom == JS_ATOM_NULL) {
    return false;
  }
  JSValue value = JS_NewStringLen(ctx, text, length);
  bool set = !JS_IsException(value) &&
             JS_DefinePropertyValue(ctx, object, atom, value, JS_PROP_C_W_E) >= 0;
  JS_FreeAtom(ctx, atom);
  return set;
}

// environment(): an object with the variables.
static JSValue js_environment(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  (void)argv;
  size_t count;
  char *text = wasi_environment(&count);
  if (text == NULL) {
    return JS_ThrowOutOfMemory(ctx);
  }
  JSValue object = JS_NewObjectProto(ctx, JS_NULL);
  bool good = !JS_IsException(object);
  const char *variable = text;
  for (size_t i = 0; good && i < count; i++) {
    size_t length = strlen(variable);
    const char *equals = memchr(variable, '=', length);
    if (equals != NULL) {
      size_t name = (size_t)(equals - variable);
      good = set_text(ctx, object, variable, name, equals + 1, length - name - 1);
    }
    variable += length + 1;
  }
  free(text);
  if (!good) {
    JS_FreeValue(ctx, object);
    return JS_EXCEPTION;
  }
  return object;
}

// random(bytes): fills them.
static JSValue js_random(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  size_t length;
  uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[0]);
  if (bytes == NULL) {
    return JS_EXCEPTION;
  }
  return wasi_random(bytes, length) ? JS_UNDEFINED
                                    : JS_ThrowInternalError(ctx, "no random bytes");
}

// fraction(): Math.random, xorshift128+ from a seed that each call gets anew.
static JSValue js_fraction(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  (void)argv;
  if (random_state[0] == 0 && random_state[1] == 0 &&
      !wasi_random(random_state, sizeof random_state)) {
    return JS_ThrowInternalError(ctx, "no random bytes");
  }
  uint64_t one = random_state[0];
  uint64_t two = random_state[1] | 1;
  random_state[0] = two;
  one ^= one << 23;
  random_state[1] = one ^ two ^ (one >> 18) ^ (two >> 5);
  return JS_NewFloat64(ctx, (double)((random_state[1] + two) >> 11) * 0x1.0p-53);
}

// sleep(milliseconds): of the virtual clock.
static JSValue js_sleep(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  (void)argc;
  double wait;
  if (JS_ToFloat64(ctx, &wait, argv[0]) < 0) {
    return JS_EXCEPTION;
  }
  if (wait > 0) {
    wasi_sleep((uint64_t)(fmin(wait, 1e12) * 1e6));
  }
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry FUNCTIONS[] = {
    JS_CFUNC_DEF("all", 2, js_all),           JS_CFUNC_DEF("range", 3, js_range),
    JS_CFUNC_DEF("read", 2, js_read),         JS_CFUNC_DEF("lines", 2, js_lines),
    JS_CFUNC_DEF("open", 3, js_open),         JS_CFUNC_DEF("mount", 1, js_mount),
    JS_CFUNC_DEF("close", 1, js_close),       JS_CFUNC_DEF("list", 1, js_list),
    JS_CFUNC_DEF("write", 2, js_write),       JS_CFUNC_DEF("log", 1, js_log),
    JS_CFUNC_DEF("text", 1, js_text),         JS_CFUNC_DEF("utf8", 1, js_utf8),
    JS_CFUNC_DEF("random", 1, js_random),     JS_CFUNC_DEF("fraction", 0, js_fraction),
    JS_CFUNC_DEF("sleep", 1, js_sleep),       JS_CFUNC_DEF("environment", 0, js_environment),
};

JSValue natives_new(JSContext *ctx) {
  JSValue host = JS_NewObject(ctx);
  if (!JS_IsException(host) &&
      JS_SetPropertyFunctionList(ctx, host, FUNCTIONS, sizeof FUNCTIONS / sizeof FUNCTIONS[0]) <
          0) {
    JS_FreeValue(ctx, host);
    return JS_EXCEPTION;
  }
  return host;
}
