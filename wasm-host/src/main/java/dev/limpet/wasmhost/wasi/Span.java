package dev.limpet.wasmhost.wasi;

/** A part of a guest's memory, already checked to be inside. */
record Span(byte[] array, int offset, int length) {

  /** The first part of it. */
  Span first(int count) {
    return new Span(array, offset, count);
  }
}
