#!/bin/sh
# Builds csv.wasm with cargo. The target comes with rustup (`rustup target add wasm32-wasip1`) or, where
# that is not at hand, with Debian's libstd-rust-dev-wasm32.
# The committed module is of rustc 1.95.0; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

rustc --print target-libdir --target wasm32-wasip1 | xargs test -d || rustup target add wasm32-wasip1

# stack-size  64 KiB: the default of 1 MiB would have to be zeroed for each call
# remap       no folder of this machine in the module
export CARGO_TARGET_DIR=../target/csv
RUSTFLAGS="-C link-arg=-zstack-size=65536 --remap-path-prefix=$PWD=csv" \
  cargo build --quiet --release --locked --target wasm32-wasip1
cp "$CARGO_TARGET_DIR/wasm32-wasip1/release/csv.wasm" .
chmod 644 csv.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh Cargo.toml Cargo.lock src/*.rs csv.wasm > SOURCES.sha256
ls -l csv.wasm
