package dev.limpet.wasmhost.engine;

/**
 * Makes sure that host code called by a guest has stack to run on. A {@link StackOverflowError}
 * inside host code could leave a lock taken, a table half changed, or a class broken for the rest
 * of the process. So before host code runs from deep inside a guest, a recursion that touches
 * nothing finds out whether the stack has room; if not, it is the guest that ends.
 */
final class StackProbe {

  /**
   * A guest this shallow cannot have used the stack up: not even the largest frame that a JVM
   * compiler makes of a 64 KiB method, some 80 KiB, so many times.
   */
  private static final int SHALLOW = 64;

  /** Calls of the probe; each keeps at least 130 bytes, so together some 256 KiB. */
  private static final int CALLS = 2000;

  private StackProbe() {}

  /**
   * Looks whether there is room.
   *
   * @param depth calls that the guest is deep in
   * @throws GuestStopped when there is not
   */
  static void require(int depth) {
    if (depth <= SHALLOW) {
      return;
    }
    try {
      long _ = descend(CALLS, depth);
    } catch (StackOverflowError e) {
      throw new GuestStopped(new StopReason.TooDeep());
    }
  }

  /** Twelve values live across the call, so that every compiler must keep them on the stack. */
  private static long descend(int calls, long seed) {
    if (calls == 0) {
      return seed;
    }
    long a = seed * 3;
    long b = a ^ seed;
    long c = b * 5;
    long d = c ^ a;
    long e = d * 7;
    long f = e ^ b;
    long g = f * 11;
    long h = g ^ c;
    long i = h * 13;
    long j = i ^ d;
    long k = j * 17;
    long l = k ^ e;
    return descend(calls - 1, l)
        ^ (a + b)
        ^ (c + d)
        ^ (e + f)
        ^ (g + h)
        ^ (i + j)
        ^ (k + l) + (a ^ c ^ e ^ g ^ i ^ k);
  }
}
