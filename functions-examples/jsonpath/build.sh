#!/bin/sh
# Builds jsonpath.wasm with zig, which pip installs: the whole toolchain is one package.
# The committed module is of ziglang 0.17.1; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1
VENV=../target/ziglang-$ZIGLANG
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/python" -c 'import ziglang' 2>/dev/null \
  || "$VENV/bin/pip" install --quiet "ziglang==$ZIGLANG"

# fstrip  no debug information
# stack   512 KiB: the default of 16 MiB would have to be zeroed for each call; 512 levels of JSON fit
"$VENV/bin/python" -m ziglang build-exe src/main.zig -target wasm32-wasi -O ReleaseSmall -fstrip \
  --stack 524288 --name jsonpath -femit-bin=jsonpath.wasm --cache-dir ../target/jsonpath
chmod 644 jsonpath.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh src/*.zig jsonpath.wasm > SOURCES.sha256
ls -l jsonpath.wasm
