// The script: where it is, and what of it is a module of the language.

#ifndef LIMPET_SCRIPT_H
#define LIMPET_SCRIPT_H

#include <quickjs.h>

// Lets scripts import what is in their folder.
void script_set_loader(JSRuntime *rt);

// What the script is called in errors: the name of its first file.
const char *script_name(void);

// Compiles the script and what it imports; nothing of it has run. An exception when it cannot.
JSValue script_compile(JSContext *ctx);

#endif
