#!/bin/sh
# build.sh PYTHON: makes script.wasm in the current folder, of script.c and the SQLite that the crate libsqlite3-sys carries. PYTHON has
# the package ziglang. Options as those of runtimes/sql, except that this one also writes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

printf '[package]\nname = "sources"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\nlibsqlite3-sys = "=0.40.0"\n' \
  > Cargo.toml
: > lib.rs
cargo vendor --quiet vendor > /dev/null
sqlite=vendor/libsqlite3-sys/sqlite3

"$1" -m ziglang cc -target wasm32-wasi -O2 -s -mbulk-memory -w -I"$sqlite" \
  -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_OMIT_LOAD_EXTENSION \
  -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_WAL -DSQLITE_MAX_MMAP_SIZE=0 -DSQLITE_MAX_WORKER_THREADS=0 \
  -Wl,-z,stack-size=262144 -o script.wasm "$here/script.c" "$sqlite/sqlite3.c"
