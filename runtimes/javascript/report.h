// What a script threw, as lines in the log.

#ifndef LIMPET_REPORT_H
#define LIMPET_REPORT_H

#include <quickjs.h>

// Writes the exception that is pending, with the place in the script where it was thrown.
void report_exception(JSContext *ctx);

// Writes what was thrown, behind its place and those words.
void report_thrown(JSContext *ctx, JSValueConst thrown, const char *words);

// Writes a sentence behind the place where the script is. The constructor is that of Error, which
// a script may put another one in the place of.
void report_place(JSContext *ctx, JSValueConst constructor, const char *sentence);

// Writes a sentence.
void report(JSContext *ctx, const char *sentence);

// From now on that function is called: what has no place in the script is told with the one where the
// function begins. It is not freed.
void report_call(JSValueConst function);

#endif
