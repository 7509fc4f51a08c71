package dev.limpet.wasmgate;

/**
 * Extensions of the first version of wasm that are admitted, under the names that compilers use.
 */
enum Feature {
  BULK_MEMORY("bulk-memory"),
  MULTI_VALUE("multivalue"),
  MUTABLE_GLOBALS("mutable-globals"),
  REFERENCE_TYPES("reference-types"),
  SATURATING_FLOAT_TO_INT("nontrapping-fptoint"),
  SIGN_EXTENSION("sign-ext");

  private final String id;

  Feature(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }
}
