#!/bin/sh
# Builds sum.wasm with the AssemblyScript compiler, which npm installs as package-lock.json says.
# The same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

BUILD=../target/sum
mkdir -p "$BUILD"
cp package.json package-lock.json .npmrc "$BUILD"
[ -x "$BUILD/node_modules/.bin/asc" ] || npm ci --prefix "$BUILD" --silent

# runtime stub  allocates and never frees: memory is as new in every call anyway
# use abort=    a failed check traps; without it the module would import env.abort
"$BUILD/node_modules/.bin/asc" sum.ts --outFile sum.wasm \
  --runtime stub --use abort= -O3
chmod 644 sum.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh .npmrc package.json package-lock.json sum.ts sum.wasm > SOURCES.sha256
ls -l sum.wasm
