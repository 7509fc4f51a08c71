// The JavaScript runtime: quickjs-ng with a script in /script, which answers one request.
//
//   limpet_init   makes the engine and evaluates the script; the host takes a snapshot then
//   main          answers the request that is in environment and standard input (http, CGI/1.1)
//
// Exit codes: 0 the answer is written; 1 the script failed, and the log says where.

#include <quickjs.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "natives.h"
#include "rejections.h"
#include "report.h"
#include "script.h"
#include "wasi.h"

// STACK_BYTES, from build.sh, is the stack of the module. What the engine calls before it looks at
// its own limit again fits the rest.
enum { ENGINE_STACK_BYTES = STACK_BYTES - 64 * 1024 };

// Garbage that a call leaves is cheaper to drop with the instance than to collect.
enum { COLLECT_FROM_BYTES = 8 * 1024 * 1024 };

// A script that goes on for long says where it is, and again whenever it has taken twice as long: so
// the log shows what it was at when a limit stopped it. Counted are the times that the engine asks
// whether to go on, each 10 000 jumps and calls: it begins after some tenths of a second, or more.
// What goes on behind a promise or a timer takes as long as many jumps.
enum { FIRST_WORD_AT = 512, JOBS_OF_A_WORD = 100 };

static const char PRELUDE[] = {
#embed "prelude.js" suffix(, '\0')
};

static JSRuntime *runtime;
static JSContext *context;
static JSValue handler;
static JSValue serve;
static JSValue tick;
static JSValue error_constructor;
static unsigned asked;
static unsigned jobs;
static unsigned next_word = FIRST_WORD_AT;

static int still_running(JSRuntime *rt, void *opaque) {
  (void)rt, (void)opaque;
  if (++asked >= next_word) {
    next_word = 2 * asked;
    report_place(context, error_constructor, "still running here");
  }
  return 0;
}

static void count_job(void) {
  if (++jobs % JOBS_OF_A_WORD == 0) {
    asked++;
  }
}

static _Noreturn void fail(const char *sentence) {
  natives_flush();
  rejections_report(context);
  report(context, sentence);
  wasi_exit(1);
}

static _Noreturn void fail_with_exception(void) {
  natives_flush();
  report_exception(context);
  rejections_report(context);
  wasi_exit(1);
}

static JSValue checked(JSValue value) {
  if (JS_IsException(value)) {
    fail_with_exception();
  }
  return value;
}

// Runs what waits until the promise is settled, and gives its result. Ends with a sentence when
// nothing waits any more.
static JSValue settled(JSValue promise, const char *unsettled) {
  for (;;) {
    JSContext *job;
    int ran;
    while ((ran = JS_ExecutePendingJob(runtime, &job)) > 0) {
      count_job();
    }
    if (ran < 0) {
      fail_with_exception();
    }
    JSPromiseStateEnum state = JS_PromiseState(context, promise);
    if (state != JS_PROMISE_PENDING) {
      JSValue result = state < 0 ? JS_DupValue(context, promise)
                                 : JS_PromiseResult(context, promise);
      rejections_forget(context, promise);
      JS_FreeValue(context, promise);
      if (state == JS_PROMISE_REJECTED) {
        checked(JS_Throw(context, result));
      }
      return result;
    }
    JSValue ticked = checked(JS_Call(context, tick, JS_UNDEFINED, 0, NULL));
    count_job();
    bool more = JS_ToBool(context, ticked) > 0;
    if (!more && !JS_IsJobPending(runtime)) {
      fail(unsettled);
    }
  }
}

static void start_engine(void) {
  runtime = JS_NewRuntime();
  if (runtime == NULL) {
    fail("no memory for the engine");
  }
  JS_SetMaxStackSize(runtime, ENGINE_STACK_BYTES);
  JS_SetGCThreshold(runtime, COLLECT_FROM_BYTES);
  script_set_loader(runtime);
  rejections_watch(runtime);
  context = JS_NewContext(runtime);
  if (context == NULL) {
    fail("no memory for the engine");
  }
}

static void watch_time(void) {
  JSValue global = JS_GetGlobalObject(context);
  error_constructor = checked(JS_GetPropertyStr(context, global, "Error"));
  JS_FreeValue(context, global);
  JS_SetInterruptHandler(runtime, still_running, NULL);
}

static void load_prelude(void) {
  JSValue make = checked(JS_Eval(context, PRELUDE, sizeof PRELUDE - 1, "limpet:prelude",
                                 JS_EVAL_TYPE_GLOBAL));
  JSValue host = checked(natives_new(context));
  JSValue made = checked(JS_Call(context, make, JS_UNDEFINED, 1, (JSValueConst *)&host));
  serve = checked(JS_GetPropertyUint32(context, made, 0));
  tick = checked(JS_GetPropertyUint32(context, made, 1));
  JS_FreeValue(context, made);
  JS_FreeValue(context, host);
  JS_FreeValue(context, make);
}

static void load_script(void) {
  JSValue module = checked(script_compile(context));
  JSModuleDef *definition = JS_VALUE_GET_PTR(module);
  JSValue evaluated = checked(JS_EvalFunction(context, module));
  JS_FreeValue(context, settled(evaluated, "it waits at its top level for a promise that nothing "
                                           "settles"));
  JSValue names = checked(JS_GetModuleNamespace(context, definition));
  handler = checked(JS_GetPropertyStr(context, names, "default"));
  JS_FreeValue(context, names);
  if (!JS_IsFunction(context, handler)) {
    fail("it has no function to call: export default function (request, data) { … }");
  }
}

__attribute__((export_name("limpet_init"))) void limpet_init(void) {
  start_engine();
  watch_time();
  load_prelude();
  load_script();
  JS_RunGC(runtime);
}

// Whether a variable is there.
static bool has_variable(const char *name) {
  size_t count;
  char *text = wasi_environment(&count);
  size_t length = strlen(name);
  bool found = false;
  const char *variable = text;
  for (size_t i = 0; text != NULL && !found && i < count; i++) {
    found = strncmp(variable, name, length) == 0 && variable[length] == '=';
    variable += strlen(variable) + 1;
  }
  free(text);
  return found;
}

int main(void) {
  if (context == NULL) {
    limpet_init();
  }
  JS_UpdateStackTop(runtime);
  natives_begin_call();
  asked = 0;
  jobs = 0;
  next_word = FIRST_WORD_AT;
  if (has_variable("SCRIPT_CHECK")) {
    static const char NOTHING[] = "Status: 204\n\n";
    wasi_exit(wasi_write(1, NOTHING, sizeof NOTHING - 1) ? 0 : 1);
  }
  report_call(handler);
  JSValue promise = checked(JS_Call(context, serve, JS_UNDEFINED, 1, (JSValueConst *)&handler));
  settled(promise, "the handler waits for a promise that nothing settles");
  rejections_report(context);
  wasi_exit(0);
}
