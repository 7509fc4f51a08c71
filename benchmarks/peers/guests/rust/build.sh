#!/bin/sh
# Builds wc.wasm with rustc alone; the target comes with rustup (`rustup target add wasm32-wasip1`).
# The committed module is of rustc 1.95.0; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

# stack-size  64 KiB: the default of 1 MiB would have to be zeroed for each call
# remap       no folder of this machine in the module
rustc --edition 2024 --target wasm32-wasip1 -C opt-level=3 -C lto -C codegen-units=1 -C panic=abort -C strip=symbols \
  -C link-arg=-zstack-size=65536 --remap-path-prefix="$PWD=wc" -o wc.wasm wc.rs
chmod 644 wc.wasm

# What the module was built from: a test compares.
sha256sum build.sh wc.rs wc.wasm > SOURCES.sha256
ls -l wc.wasm
