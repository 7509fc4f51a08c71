package dev.limpet.wasmhost.engine;

/** A guest gave a host function an address outside its memory. */
public final class GuestFault extends RuntimeException {

  GuestFault() {
    super("an address outside the guest's memory", null, false, false);
  }
}
