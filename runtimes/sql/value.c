// What a field of a CSV file means: a number, text, or nothing.
//
// A column's kind comes from its first values. In a column of numbers what reads as a number is one, the
// usual signs for a missing value are NULL, and anything else stays the text that it is. In a column of
// text everything is text, digits too, and nothing but an empty field without quotes is NULL.

#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { MAX_DIGITS = 18, MAX_NUMBER = 64 };

enum shape { SHAPE_MISSING, SHAPE_INTEGER, SHAPE_REAL, SHAPE_TEXT };

// A number as it stands: digits * 10^exponent.
struct number {
  enum shape shape;
  uint64_t digits;
  int exponent;
  bool negative, exact;  // exact: all digits are in
  bool zeros;            // it begins with a zero that says nothing: 007
};

static bool is_missing(const char *text, size_t size) {
  static const char *const signs[] = {"NA", "N/A", "NaN", "nan", "NULL", "null", "\\N"};
  if (size == 0) return true;
  for (size_t i = 0; size <= 4 && i < sizeof signs / sizeof *signs; i++)
    if (strlen(signs[i]) == size && memcmp(signs[i], text, size) == 0) return true;
  return false;
}

static const char *digits(const char *at, const char *end, struct number *number) {
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    if (number->digits > (UINT64_MAX - 9) / 10) {
      number->exact = false;
      continue;
    }
    number->digits = number->digits * 10 + (uint64_t)(*at - '0');
  }
  return at;
}

static const char *exponent(const char *at, const char *end, struct number *number) {
  bool negative = at < end && *at == '-';
  int value = 0;
  if (at < end && (*at == '-' || *at == '+')) at++;
  const char *from = at;
  for (; at < end && *at >= '0' && *at <= '9'; at++)
    if (value < 10000) value = value * 10 + (*at - '0');
  number->exponent += negative ? -value : value;
  return at == from ? NULL : at;
}

// Sign, digits, a fraction, an exponent, and nothing else.
static struct number parse(const char *at, const char *end) {
  struct number number = {.shape = SHAPE_TEXT, .exact = true};
  number.negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  const char *whole = at;
  at = digits(at, end, &number);
  size_t count = (size_t)(at - whole);
  number.zeros = count > 1 && *whole == '0';
  enum shape shape = SHAPE_INTEGER;
  if (at < end && *at == '.') {
    const char *fraction = ++at;
    at = digits(at, end, &number);
    number.exponent = -(int)(at - fraction);
    count += (size_t)(at - fraction);
    shape = SHAPE_REAL;
  }
  if (count == 0) return number;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at = exponent(at + 1, end, &number);
    if (!at) return number;
    shape = SHAPE_REAL;
  }
  if (at == end) number.shape = shape;
  return number;
}

static void trim(const char **text, size_t *size) {
  while (*size > 0 && **text == ' ') ++*text, --*size;
  while (*size > 0 && (*text)[*size - 1] == ' ') --*size;
}

static bool is_integer(const struct number *number) {
  return number->shape == SHAPE_INTEGER && number->exact && number->digits <= INT64_MAX;
}

// Exact where digits and power of ten are (a double holds both); else the library's slow way.
static double real(const struct number *number, const char *text, size_t size) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  int power = number->exponent;
  if (number->exact && number->digits <= UINT64_C(1) << 53 && power >= -22 && power <= 22) {
    double value = (double)number->digits;
    value = power < 0 ? value / powers[-power] : value * powers[power];
    return number->negative ? -value : value;
  }
  char copy[MAX_NUMBER + 1];
  memcpy(copy, text, size);
  copy[size] = '\0';
  return strtod(copy, NULL);
}

enum kind kind_with(enum kind before, const char *text, size_t size) {
  if (before == KIND_TEXT) return before;
  trim(&text, &size);
  if (is_missing(text, size)) return before;
  if (size > MAX_NUMBER) return KIND_TEXT;
  struct number number = parse(text, text + size);
  // Digits that no number keeps are text: the zeros of 007, the last ones of a long identifier.
  if (number.shape == SHAPE_TEXT || number.zeros) return KIND_TEXT;
  if (number.shape == SHAPE_INTEGER && !is_integer(&number)) return KIND_TEXT;
  if (number.shape == SHAPE_REAL || before == KIND_REAL) return KIND_REAL;
  return KIND_INTEGER;
}

const char *kind_name(enum kind kind) {
  static const char *const names[] = {"NUMERIC", "INTEGER", "REAL", "TEXT"};
  return names[kind];
}

static bool ascii(const char *text, size_t size) {
  uint64_t all = 0, word;
  for (; size >= 8; text += 8, size -= 8) {
    memcpy(&word, text, 8);
    all |= word;
  }
  for (; size > 0; size--) all |= (unsigned char)*text++;
  return (all & UINT64_C(0x8080808080808080)) == 0;
}

// How many bytes a character has by its first one; 0 where none begins.
static size_t utf8_size(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool utf8_valid(const char *text, size_t size) {
  const unsigned char *at = (const unsigned char *)text, *end = at + size;
  if (memchr(text, 0, size)) return false;
  if (ascii(text, size)) return true;
  while (at < end) {
    size_t bytes = utf8_size(*at);
    if (bytes == 0 || (size_t)(end - at) < bytes) return false;
    for (size_t i = 1; i < bytes; i++)
      if ((at[i] & 0xc0) != 0x80) return false;
    // Longer than needed, a surrogate, or beyond the last character.
    if (*at == 0xe0 && at[1] < 0xa0) return false;
    if (*at == 0xed && at[1] > 0x9f) return false;
    if (*at == 0xf0 && at[1] < 0x90) return false;
    if (*at == 0xf4 && at[1] > 0x8f) return false;
    at += bytes;
  }
  return true;
}

// What a field is, once its column is known.
struct value {
  enum { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT } type;
  int64_t integer;
  double real;
};

static struct value read_value(enum kind kind, const char *text, const struct field *field) {
  if (kind == KIND_TEXT) return (struct value){.type = field->size > 0 || field->quoted ? VALUE_TEXT : VALUE_NULL};
  size_t size = field->size;
  trim(&text, &size);
  if (is_missing(text, size)) return (struct value){.type = VALUE_NULL};
  struct number number = {.shape = SHAPE_TEXT};
  if (size <= MAX_NUMBER) number = parse(text, text + size);
  if (number.shape == SHAPE_REAL || (kind == KIND_REAL && number.shape == SHAPE_INTEGER))
    return (struct value){.type = VALUE_REAL, .real = real(&number, text, size)};
  if (!is_integer(&number)) return (struct value){.type = VALUE_TEXT};
  int64_t integer = (int64_t)number.digits;
  return (struct value){.type = VALUE_INTEGER, .integer = number.negative ? -integer : integer};
}

// Writes the text of a field, of doubled quotes one each.
static size_t undoubled(char *target, const char *text, const struct field *field) {
  size_t size = 0;
  for (size_t i = 0; i < field->size; i++) {
    target[size++] = text[i];
    if (field->doubled && text[i] == '"') i++;
  }
  return size;
}

static void text_result(sqlite3_context *context, const char *text, const struct field *field) {
  if (!field->doubled) {
    sqlite3_result_text(context, text, (int)field->size, SQLITE_TRANSIENT);
    return;
  }
  char *single = sqlite3_malloc64(field->size);
  if (!single) fail_memory();
  sqlite3_result_text(context, single, (int)undoubled(single, text, field), sqlite3_free);
}

bool value_result(sqlite3_context *context, enum kind kind, const char *text, const struct field *field) {
  struct value value = read_value(kind, text, field);
  switch (value.type) {
    case VALUE_NULL:
      return true;
    case VALUE_INTEGER:
      sqlite3_result_int64(context, value.integer);
      return true;
    case VALUE_REAL:
      sqlite3_result_double(context, value.real);
      return true;
    case VALUE_TEXT:
      break;
  }
  if (!utf8_valid(text, field->size)) return false;
  text_result(context, text, field);
  return true;
}

size_t value_key(char *target, enum kind kind, const char *text, const struct field *field) {
  struct value value = read_value(kind, text, field);
  if (value.type == VALUE_INTEGER) return key_integer(target, value.integer);
  if (value.type == VALUE_REAL) return key_real(target, value.real);
  if (value.type == VALUE_NULL) return key_null(target);
  if (!field->doubled) return key_text(target, text, field->size);
  return key_text(target, target + 1, undoubled(target + 1, text, field));
}
