package dev.limpet.wasmhost.data;

/** A file that a guest can read at any position. Safe for use by one guest at a time. */
public non-sealed interface DataFile extends DataNode {

  /** Length in bytes, not negative. */
  long size();

  /**
   * Fills {@code target[offset, offset + length)} with the bytes that start at {@code position}.
   * The caller never asks beyond {@link #size()}: a file that ends early is a broken file.
   *
   * @param target the guest's own memory: only the stated range may be touched, and the array must
   *     not be kept
   * @throws DataUnavailableException when the bytes cannot be had, or are not what they should be
   */
  void readFully(long position, byte[] target, int offset, int length);
}
