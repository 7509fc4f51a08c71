package dev.limpet.wasmhost.wasi;

/** Ends a host function with an error number for the guest. */
final class WasiError extends RuntimeException {

  private final Errno errno;

  WasiError(Errno errno) {
    super(errno.name(), null, false, false);
    this.errno = errno;
  }

  Errno errno() {
    return errno;
  }
}
