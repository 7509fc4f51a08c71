// The functions that the prelude builds on.

#ifndef LIMPET_NATIVES_H
#define LIMPET_NATIVES_H

#include <quickjs.h>

// An object with all of them, or an exception.
JSValue natives_new(JSContext *ctx);

// From here on a script's words go to the log at once; until then they are kept, so that those of
// its initialising are in the log of every call.
void natives_begin_call(void);

// What was kept so far goes to the log.
void natives_flush(void);

#endif
