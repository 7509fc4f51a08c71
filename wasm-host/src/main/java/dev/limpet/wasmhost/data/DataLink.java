package dev.limpet.wasmhost.data;

/** A symbolic link. The sandbox resolves it inside its mount; it never leads out of it. */
public non-sealed interface DataLink extends DataNode {

  /** Where it points, as stored. */
  String target();
}
