#!/bin/sh
# Builds javascript.wasm: the C files here and quickjs-ng, whose sources are in a crate, with zig's
# C compiler, which pip installs. The same versions give the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1
CRATE=rquickjs-sys
CRATE_VERSION=0.14.0
WORK=../target/javascript
VENV=../target/ziglang-$ZIGLANG
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/python" -c 'import ziglang' 2>/dev/null \
  || "$VENV/bin/pip" install --quiet "ziglang==$ZIGLANG"

# The crate itself is not built: cargo only fetches and unpacks it.
mkdir -p "$WORK"
printf '[package]\nname = "sources"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n%s = "=%s"\n' \
  "$CRATE" "$CRATE_VERSION" > "$WORK/Cargo.toml"
: > "$WORK/lib.rs"
(cd "$WORK" && cargo vendor --quiet vendor > /dev/null)
rm -rf "$WORK/quickjs"
cp -r "$WORK/vendor/$CRATE/quickjs" "$WORK/quickjs"
(cd "$WORK/quickjs" && sha256sum --quiet -c) < QUICKJS.sha256

# On WASI the engine does not look at its stack, since it does not know how large that is. We do.
sed -i '/^static void update_stack_limit/,/^}/s/defined(__wasi__)/0/' "$WORK/quickjs/quickjs.c"
sed -n '/^static void update_stack_limit/,/^}/p' "$WORK/quickjs/quickjs.c" | grep -q '^#if 0'

# Where a loop is, it keeps for itself; here it says so when it asks whether to go on (see main.c), and a loop without
# a body has a line, too.
sed -i 's/if (unlikely(js_poll_interrupts(ctx)))/if (unlikely(--ctx->interrupt_counter <= 0) \&\& (sf->cur_pc = pc + 1, __js_poll_interrupts(ctx)))/' \
  "$WORK/quickjs/quickjs.c"
[ "$(grep -c 'sf->cur_pc = pc + 1' "$WORK/quickjs/quickjs.c")" = 7 ]

sed -i 's/^    case TOK_\(WHILE\|DO\|FOR\):$/&\n        emit_source_loc(s);/' "$WORK/quickjs/quickjs.c"
[ "$(grep -A1 "^    case TOK_\\(WHILE\\|DO\\|FOR\\):$" "$WORK/quickjs/quickjs.c" | grep -c emit_source_loc)" = 3 ]

# What is thrown and is no Error has no place: here it is noted at the throw.
sed -i -e '/^static JSValue JS_CallInternal(JSContext \*caller_ctx.*[^;]$/i #include "thrown.inc"' \
  -e '/^        CASE(OP_throw):$/a \            sf->cur_pc = pc;\n            limpet_note(ctx, sf, sp[-1]);' "$WORK/quickjs/quickjs.c"
[ "$(grep -c -e '^#include "thrown.inc"' -e 'limpet_note(ctx, sf, sp' "$WORK/quickjs/quickjs.c")" = 2 ]
cp thrown.inc "$WORK/quickjs/"

# Of an import it keeps what is imported, and not where: that is noted, for the error when it is not there.
sed -i -e '/^typedef struct JSReqModuleEntry {$/a \    int line;\n    int column;' \
  -e 's/^    rme->attributes = js_dup(attributes);$/&\n    rme->line = 0;/' \
  -e 's/^\( *\)idx = add_req_module_entry(.*, m, module_name, attributes);$/&\n\1if (idx >= 0 \&\& m->req_module_entries[idx].line == 0) {\n\1    m->req_module_entries[idx].line = s->last_line_num;\n\1    m->req_module_entries[idx].column = s->last_col_num;\n\1}/' \
  -e '/^static int js_resolve_module(JSContext \*ctx, JSModuleDef \*m)$/,/^}/s/^        if (!m1)$/        if (!m1 \&\& (limpet_not_found(ctx, m, rme), true))/' \
  "$WORK/quickjs/quickjs.c"
[ "$(grep -c -e 'line = s->last_line_num;$' -e 'rme->line = 0' -e 'limpet_not_found(ctx, m, rme)' "$WORK/quickjs/quickjs.c")" = 4 ]

# A frame of the parser of JSON takes little of the stack, and much of the depth of calls that the host lets: with more
# of the one, what is nested too deeply is a RangeError with a line and no trap.
sed -i '/^static JSValue json_parse_value(JSParseState \*s, JSONParseRecord \*pr)$/,/^}/s/^    int ret;$/&\n    char room[192];\n\n    __asm__ volatile("" : : "r"(room) : "memory");/' \
  "$WORK/quickjs/quickjs.c"
grep -q '"r"(room)' "$WORK/quickjs/quickjs.c"

STACK_BYTES=524288
FLAGS="-target wasm32-wasi -O2 -s -DNDEBUG -D_GNU_SOURCE"
OBJECTS=
for file in quickjs libregexp libunicode dtoa; do
  "$VENV/bin/python" -m ziglang cc $FLAGS -w -c -o "$WORK/$file.o" "$WORK/quickjs/$file.c"
  OBJECTS="$OBJECTS $WORK/$file.o"
done
# zig puts the stack first: what overruns it leaves the memory, and traps.
"$VENV/bin/python" -m ziglang cc $FLAGS -std=c23 -Wall -Wextra -Werror -I"$WORK/quickjs" \
  -DSTACK_BYTES=$STACK_BYTES -Wl,-z,stack-size=$STACK_BYTES \
  -o javascript.wasm main.c natives.c rejections.c report.c script.c wasi.c $OBJECTS
chmod 644 javascript.wasm

# What this module was built from: a test compares (see README.md).
sha256sum build.sh main.c natives.c natives.h prelude.js QUICKJS.sha256 rejections.c rejections.h \
  report.c report.h script.c script.h thrown.h thrown.inc wasi.c wasi.h javascript.wasm > SOURCES.sha256
ls -l javascript.wasm
