#include "report.h"

#include <stdbool.h>
#include <string.h>

#include "script.h"
#include "thrown.h"
#include "wasi.h"

enum { STANDARD_ERROR = 2, MAX_FRAMES = 20 };

// Frames of the prelude begin so; they are none of the script's.
static const char PRELUDE[] = "limpet:";

struct span {
  const char *start;
  size_t length;
};

// What is called; a number before anything is.
static JSValueConst called;

void report_call(JSValueConst function) { called = function; }

static void put(const char *text, size_t length) {
  (void)wasi_write(STANDARD_ERROR, text, length);
}

static void put_line(const char *text) {
  put(text, strlen(text));
  put("\n", 1);
}

static void put_name(void) {
  put(script_name(), strlen(script_name()));
  put(": ", 2);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether a text ends with ":LINE:COLUMN".
static bool ends_with_place(struct span text) {
  size_t at = text.length;
  for (int part = 0; part < 2; part++) {
    size_t end = at;
    while (at > 0 && is_digit(text.start[at - 1])) {
      at--;
    }
    if (at == end || at == 0 || text.start[at - 1] != ':') {
      return false;
    }
    at--;
  }
  return at > 0;
}

// The place in a line of a stack, "    at name (file:1:2)" or "    at file:1:2"; empty when it is
// not in the script.
static struct span place_in(struct span line) {
  static const char AT[] = "    at ";
  const size_t skip = sizeof AT - 1;
  struct span none = {line.start, 0};
  if (line.length <= skip || memcmp(line.start, AT, skip) != 0) {
    return none;
  }
  struct span place = {line.start + skip, line.length - skip};
  if (place.start[place.length - 1] == ')') {
    size_t from = place.length - 1;
    while (from > 0 && place.start[from - 1] != '(') {
      from--;
    }
    place = (struct span){place.start + from, place.length - 1 - from};
  }
  bool prelude = place.length >= sizeof PRELUDE - 1 &&
                 memcmp(place.start, PRELUDE, sizeof PRELUDE - 1) == 0;
  return prelude || !ends_with_place(place) ? none : place;
}

// The line that begins there, without its end.
static struct span line_at(const char *text) {
  const char *end = strchr(text, '\n');
  return (struct span){text, end == NULL ? strlen(text) : (size_t)(end - text)};
}

static const char *next_line(struct span line) {
  const char *end = line.start + line.length;
  return *end == '\n' ? end + 1 : end;
}

// The first place in the script; false when there is none. What a script evaluates is no file of it.
static bool put_place(const char *stack) {
  for (const char *at = stack; *at != '\0'; at = next_line(line_at(at))) {
    struct span place = place_in(line_at(at));
    if (place.length > 0 && place.start[0] != '<') {
      put(place.start, place.length);
      put(": ", 2);
      return true;
    }
  }
  return false;
}

static void put_frames(const char *stack) {
  int shown = 0;
  for (const char *at = stack; *at != '\0' && shown < MAX_FRAMES; at = next_line(line_at(at))) {
    struct span line = line_at(at);
    if (place_in(line).length > 0) {
      put(line.start, line.length);
      put("\n", 1);
      shown++;
    }
  }
}

// A text that is NULL when asking for it threw something itself, which is forgotten.
static const char *text_of(JSContext *ctx, JSValueConst value) {
  const char *text = JS_ToCString(ctx, value);
  if (text == NULL) {
    JS_FreeValue(ctx, JS_GetException(ctx));
  }
  return text;
}

static const char *stack_of(JSContext *ctx, JSValueConst thrown) {
  if (!JS_IsError(thrown)) {
    return NULL;
  }
  JSValue stack = JS_GetPropertyStr(ctx, thrown, "stack");
  if (JS_IsException(stack)) {
    JS_FreeValue(ctx, JS_GetException(ctx));
    return NULL;
  }
  const char *text = JS_IsString(stack) ? text_of(ctx, stack) : NULL;
  JS_FreeValue(ctx, stack);
  return text;
}

static void put_number(int number) {
  char digits[12];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  put(digits + at, sizeof digits - at);
}

static void put_file(JSContext *ctx, const char *file, int line, int column) {
  put(file, strlen(file));
  put(":", 1);
  put_number(line);
  put(":", 1);
  put_number(column);
  put(": ", 2);
  JS_FreeCString(ctx, file);
}

// The place of what has none in its stack, when that is known: its throw, or its import.
static bool put_noted(JSContext *ctx, JSValueConst thrown) {
  const char *file;
  int line;
  int column;
  bool known = limpet_thrown_at(ctx, thrown, &file, &line, &column) ||
               limpet_imported_at(ctx, thrown, &file, &line, &column);
  if (known) {
    put_file(ctx, file, line, column);
  }
  return known;
}

// Where the function begins that is called, or at least the name of the script.
static void put_called(JSContext *ctx) {
  const char *file;
  int line;
  int column;
  if (limpet_begins_at(ctx, called, &file, &line, &column)) {
    put_file(ctx, file, line, column);
  } else {
    put_name();
  }
}

void report(JSContext *ctx, const char *sentence) {
  put_called(ctx);
  put_line(sentence);
}

void report_thrown(JSContext *ctx, JSValueConst thrown, const char *words) {
  const char *stack = stack_of(ctx, thrown);
  const char *text = text_of(ctx, thrown);
  if (!put_place(stack == NULL ? "" : stack) && !put_noted(ctx, thrown)) {
    put_called(ctx);
  }
  put(words, strlen(words));
  if (!JS_IsError(thrown) && *words == '\0') {
    static const char NO_ERROR[] = "the script threw something that is no Error: ";
    put(NO_ERROR, sizeof NO_ERROR - 1);
  }
  put_line(text == NULL ? "(it cannot be shown)" : text);
  if (stack != NULL) {
    put_frames(stack);
  }
  JS_FreeCString(ctx, text);
  JS_FreeCString(ctx, stack);
}

void report_exception(JSContext *ctx) {
  JSValue thrown = JS_GetException(ctx);
  report_thrown(ctx, thrown, "");
  JS_FreeValue(ctx, thrown);
}

void report_place(JSContext *ctx, JSValueConst constructor, const char *sentence) {
  JSValue here = JS_CallConstructor(ctx, constructor, 0, NULL);
  if (JS_IsException(here)) {
    JS_FreeValue(ctx, JS_GetException(ctx));
  }
  const char *stack = stack_of(ctx, here);
  if (!put_place(stack == NULL ? "" : stack)) {
    put_called(ctx);
  }
  put_line(sentence);
  JS_FreeCString(ctx, stack);
  JS_FreeValue(ctx, here);
}
