// What the runtime asks of its host: WASI preview 1, called directly. Nothing of the C library that
// keeps files, arguments or variables in memory is used, so that a snapshot taken after
// initialising holds nothing of one call.

#ifndef LIMPET_WASI_H
#define LIMPET_WASI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind { KIND_NONE, KIND_FILE, KIND_DIRECTORY };

// The descriptor of what is mounted under that path, such as "/data", or -1.
int wasi_mount(const char *path);

// Opens what a path names below a descriptor; -1 and an error number when it cannot.
int wasi_open(int directory, const char *path, size_t length, int *error);

void wasi_close(int descriptor);

// What it is, and how many bytes it has.
enum kind wasi_stat(int descriptor, uint64_t *size);

// Reads once; 0 at the end, -1 when it fails.
long wasi_read(int descriptor, void *target, size_t length);

// The same from a position.
long wasi_read_at(int descriptor, uint64_t position, void *target, size_t length);

// Writes all of it.
bool wasi_write(int descriptor, const void *source, size_t length);

// Calls back for each name in a directory, in the order of the host, without "." and "..".
// False when reading fails, or the callback says so.
bool wasi_list(int descriptor, bool (*each)(void *context, const char *name, size_t length),
               void *context);

// The environment: "NAME=value" strings, one after the other; NULL when there is no memory.
char *wasi_environment(size_t *count);

bool wasi_random(void *target, size_t length);

// Lets the virtual clock go on by so much.
void wasi_sleep(uint64_t nanoseconds);

_Noreturn void wasi_exit(int code);

const char *wasi_error(int number);

#endif
