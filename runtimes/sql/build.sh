#!/bin/sh
# Builds sql.wasm from these files and SQLite, which the crate libsqlite3-sys carries whole, with zig's C
# compiler, which pip installs. The committed module is of SQLite 3.54.1 and ziglang 0.17.1; the same
# versions give the same bytes on any machine.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1
CRATE=0.40.0
CRATE_SHA256=b06e69070b7e12262b0cd90832f0a7396f142a2b330181255562decf9f0c6215

TARGET=../target
VENV=$TARGET/ziglang-$ZIGLANG
SQLITE=$TARGET/libsqlite3-sys-$CRATE
mkdir -p "$TARGET"
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/python" -c 'import ziglang' 2>/dev/null \
  || "$VENV/bin/pip" install --quiet "ziglang==$ZIGLANG"
if [ ! -d "$SQLITE" ]; then
  curl --fail --silent --show-error --location --output "$SQLITE.crate" \
    "https://static.crates.io/crates/libsqlite3-sys/libsqlite3-sys-$CRATE.crate"
  echo "$CRATE_SHA256  $SQLITE.crate" | sha256sum --check --quiet
  tar -xzf "$SQLITE.crate" -C "$TARGET"
fi

# OS_OTHER, TEMP_STORE    no file system but vfs.c; sorting and temporary tables stay in memory
# OMIT_…                  what reading needs nothing of, and what a question may not do
# DQS, TRUSTED_SCHEMA     text in double quotes is a name and nothing else; a database's own code is not trusted
OPTIONS="-DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DQS=0
  -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_TRUSTED_SCHEMA=0 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS
  -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_WAL -DSQLITE_OMIT_DEPRECATED
  -DSQLITE_OMIT_PROGRESS_CALLBACK -DSQLITE_OMIT_TCL_VARIABLE -DSQLITE_OMIT_TRACE -DSQLITE_OMIT_AUTOVACUUM
  -DSQLITE_OMIT_AUTORESET -DSQLITE_MAX_MMAP_SIZE=0 -DSQLITE_MAX_WORKER_THREADS=0
  -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_PERCENTILE"
CFLAGS="-target wasm32-wasi -O2 -mbulk-memory -I$SQLITE/sqlite3"
OBJECTS=$TARGET/sql
mkdir -p "$OBJECTS"

# shellcheck disable=SC2086 # several options each
compile() { "$VENV/bin/python" -m ziglang cc $CFLAGS -c "$@"; }
# shellcheck disable=SC2086
compile $OPTIONS -w -o "$OBJECTS/sqlite3.o" "$SQLITE/sqlite3/sqlite3.c"
for part in answer csv data gather group guard plan sql table value vfs; do
  compile -Wall -Wextra -Werror -o "$OBJECTS/$part.o" "$part.c"
done

# -s           no debug information
# stack-size   256 KiB: what questions nest is bounded by guard.c
# stack-first  a stack that runs over ends the program instead of overwriting its data
"$VENV/bin/python" -m ziglang cc -target wasm32-wasi -O2 -s -Wl,-z,stack-size=262144 \
  -o sql.wasm "$OBJECTS"/*.o
chmod 644 sql.wasm

# What this module was built from: a test compares (see ../README.md).
sha256sum build.sh *.c *.h sql.wasm > SOURCES.sha256
ls -l sql.wasm
