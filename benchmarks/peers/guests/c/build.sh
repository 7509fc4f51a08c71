#!/bin/sh
# Builds the modules of this folder with the compiler of the examples in C (see functions-examples/hello/build.sh): the
# committed modules are of ziglang 0.17.1; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1
VENV=../../../../functions-examples/target/ziglang-$ZIGLANG
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/python" -c 'import ziglang' 2>/dev/null \
  || "$VENV/bin/pip" install --quiet "ziglang==$ZIGLANG"

# -ffp-contract=off: no contraction of floating point anywhere, so that all sums are equal
"$VENV/bin/python" -m ziglang cc -target wasm32-wasi -O3 -s -Wall -Wextra -Werror -ffp-contract=off \
  -Wl,-z,stack-size=65536 -o kernels.wasm kernels.c
for small in job sink; do
  "$VENV/bin/python" -m ziglang cc -target wasm32-wasi -Os -s -Wall -Wextra -Werror \
    -Wl,-z,stack-size=65536 -o $small.wasm $small.c
done
"$VENV/bin/python" -m ziglang cc -target wasm32-wasi -O3 -s -Wall -Wextra -Werror \
  -Wl,-z,stack-size=65536 -o wc.wasm wc.c
chmod 644 ./*.wasm

# What the modules were built from: a test compares.
sha256sum build.sh ./*.c ./*.wasm | sed 's# [.]/# #' > SOURCES.sha256
ls -l ./*.wasm
