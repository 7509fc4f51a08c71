#!/bin/sh
# Builds wordcount.wasm with the plain Go compiler (1.24 or newer has all it needs).
# The committed module is of Go 1.26.8; the same version gives the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

gofmt -l . | grep . && exit 1
# trimpath   no folder of this machine in the module
# -s -w      no debug information
# buildvcs   the module must not depend on the commit it is built at
GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 GOFLAGS= GOWORK=off \
  go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o wordcount.wasm .
chmod 644 wordcount.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh go.mod *.go wordcount.wasm > SOURCES.sha256
ls -l wordcount.wasm
