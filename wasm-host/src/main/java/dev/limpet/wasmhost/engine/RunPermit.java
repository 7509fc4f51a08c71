package dev.limpet.wasmhost.engine;

/**
 * What a guest holds while it computes. There are as many as cores; a guest that waits for somebody
 * lends its own, and may have to wait for another one when it goes on.
 */
public interface RunPermit {

  /** From here on it may be given to another guest; the calling thread is about to block. */
  void lend();

  /** Returns when the calling thread has one again, or its guest was stopped. */
  void regain();

  /** Lets a guest of another function go first when this one has had its share. */
  void offer();

  /** Ends the wait for a permit: the guest was stopped. Called by any thread. */
  void stopped();
}
