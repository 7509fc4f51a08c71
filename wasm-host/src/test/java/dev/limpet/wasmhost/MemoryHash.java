package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.GuestMemory;
import java.util.zip.CRC32;

/**
 * Tells memories apart: the pages, and a CRC-32 of all their bytes, which the JVM computes outside
 * of Java, so that its interpreter and an emulated processor are as quick.
 */
public final class MemoryHash {

  /** Of a guest that never had any. */
  static final String NONE = "0:00000000";

  private MemoryHash() {}

  /** Of what a guest has. */
  public static String of(GuestMemory memory) {
    CRC32 crc = new CRC32();
    crc.update(memory.array(), 0, memory.size());
    return String.format("%d:%08x", memory.pages(), crc.getValue());
  }
}
