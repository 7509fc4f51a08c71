#!/bin/sh
# Builds thumbnail.wasm with cargo. The target comes with rustup (`rustup target add wasm32-wasip1`) or, where
# that is not at hand, with Debian's libstd-rust-dev-wasm32.
# The committed module is of rustc 1.95.0; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

rustc --print target-libdir --target wasm32-wasip1 | xargs test -d || rustup target add wasm32-wasip1

# stack-size  256 KiB: a quarter of the default; decoders keep tables on the stack
# remap       no folder of this machine in the module
export CARGO_TARGET_DIR=../target/thumbnail
cargo fetch --quiet --locked
REGISTRY=$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/png-0.18.1)
RUSTFLAGS="-C link-arg=-zstack-size=262144 --remap-path-prefix=$PWD=thumbnail --remap-path-prefix=${REGISTRY%/*}=crates" \
  cargo build --quiet --release --locked --target wasm32-wasip1
cp "$CARGO_TARGET_DIR/wasm32-wasip1/release/thumbnail.wasm" .
chmod 644 thumbnail.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh Cargo.toml Cargo.lock src/*.rs src/source/*.rs thumbnail.wasm > SOURCES.sha256
ls -l thumbnail.wasm
