// What thrown.inc adds to the engine.

#ifndef LIMPET_THROWN_H
#define LIMPET_THROWN_H

#include <quickjs.h>
#include <stdbool.h>

// Where a script threw that value, which is no Error; false when nothing threw it, such as one that a
// promise was rejected with. The caller frees the name of the file.
bool limpet_thrown_at(JSContext *ctx, JSValueConst value, const char **file, int *line, int *column);

// Where a script imports what is not there, which that error tells.
bool limpet_imported_at(JSContext *ctx, JSValueConst value, const char **file, int *line, int *column);

// Where a function begins; false when it is none of a script.
bool limpet_begins_at(JSContext *ctx, JSValueConst function, const char **file, int *line, int *column);

#endif
