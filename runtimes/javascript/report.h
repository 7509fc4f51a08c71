// What a script threw, as lines in the log.

#ifndef LIMPET_REPORT_H
#define LIMPET_REPORT_H

#include <quickjs.h>

// Writes the exception that is pending, with the place in the script where it was thrown.
void report_exception(JSContext *ctx);

// Writes a sentence.
void report(const char *sentence);

#endif
