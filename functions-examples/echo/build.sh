#!/bin/sh
# Builds echo.wasm with zig's C compiler, which pip installs: the whole toolchain is one package.
# The committed module is of ziglang 0.17.1; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1
VENV=../target/ziglang-$ZIGLANG
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/python" -c 'import ziglang' 2>/dev/null \
  || "$VENV/bin/pip" install --quiet "ziglang==$ZIGLANG"

# -s          no debug information, which would be far larger than the code
# stack-size  64 KiB: the default of 16 MiB would have to be zeroed for each call
"$VENV/bin/python" -m ziglang cc -target wasm32-wasi -Os -s -Wall -Wextra -Werror \
  -Wl,-z,stack-size=65536 -o echo.wasm echo.c
chmod 644 echo.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh echo.c echo.wasm > SOURCES.sha256
ls -l echo.wasm
