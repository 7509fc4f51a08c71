// Promises that were rejected and that nothing handles.

#ifndef LIMPET_REJECTIONS_H
#define LIMPET_REJECTIONS_H

#include <quickjs.h>

// From here on they are kept.
void rejections_watch(JSRuntime *rt);

// This one is told in another way.
void rejections_forget(JSContext *ctx, JSValueConst promise);

// Writes those that are kept, and forgets them.
void rejections_report(JSContext *ctx);

#endif
