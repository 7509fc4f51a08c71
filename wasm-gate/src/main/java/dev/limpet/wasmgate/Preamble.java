package dev.limpet.wasmgate;

import java.util.Arrays;

/** The first eight bytes: what kind of file this is. */
enum Preamble {
  /** A core module of version 1. */
  MODULE,

  /** A component of the component model. */
  COMPONENT,

  /** Something else. */
  OTHER;

  static final int BYTES = 8;

  private static final byte[] MODULE_BYTES = {0, 'a', 's', 'm', 1, 0, 0, 0};
  private static final int MAGIC_BYTES = 4;

  /** After the version comes the layer: 0 for modules, 1 for components. */
  private static final int LAYER = 6;

  static Preamble of(byte[] wasm) {
    if (wasm.length < BYTES || !startsWith(wasm, MAGIC_BYTES)) {
      return OTHER;
    }
    if (wasm[LAYER] == 1 && wasm[LAYER + 1] == 0) {
      return COMPONENT;
    }
    return startsWith(wasm, BYTES) ? MODULE : OTHER;
  }

  private static boolean startsWith(byte[] wasm, int count) {
    return Arrays.equals(wasm, 0, count, MODULE_BYTES, 0, count);
  }
}
