#include "rejections.h"

#include <stdbool.h>
#include <string.h>

#include "report.h"

// More than that are not told one by one; the first ones matter.
enum { MAX_REJECTIONS = 8 };

struct rejection {
  JSValue promise;
  JSValue reason;
};

static struct rejection kept[MAX_REJECTIONS];
static size_t count;

void rejections_forget(JSContext *ctx, JSValueConst promise) {
  for (size_t i = 0; i < count; i++) {
    if (JS_VALUE_GET_PTR(kept[i].promise) == JS_VALUE_GET_PTR(promise)) {
      JS_FreeValue(ctx, kept[i].promise);
      JS_FreeValue(ctx, kept[i].reason);
      count--;
      memmove(&kept[i], &kept[i + 1], (count - i) * sizeof kept[0]);
      return;
    }
  }
}

static void track(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled,
                  void *opaque) {
  (void)opaque;
  if (handled) {
    rejections_forget(ctx, promise);
  } else if (count < MAX_REJECTIONS) {
    kept[count++] = (struct rejection){JS_DupValue(ctx, promise), JS_DupValue(ctx, reason)};
  }
}

void rejections_watch(JSRuntime *rt) { JS_SetHostPromiseRejectionTracker(rt, track, NULL); }

void rejections_report(JSContext *ctx) {
  while (count > 0) {
    JSValue reason = JS_DupValue(ctx, kept[0].reason);
    rejections_forget(ctx, kept[0].promise);
    report_thrown(ctx, reason, "a promise was rejected, and nothing handles it: ");
    JS_FreeValue(ctx, reason);
  }
}
