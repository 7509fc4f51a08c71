package dev.limpet.gateway.memo;

import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * What the gateway knows of a GET or HEAD before any node is asked, as far as its answer depends on
 * it. Two calls of one key are calls of one Task; two keys may be of one Task, too.
 *
 * @param function CID of the manifest, whatever it was called by
 * @param target the raw request target: data, path, arguments
 * @param seen what else the function may see: data that was named in headers, the headers that its
 *     manifest lists, the Content-Type
 */
public record MemoKey(Cid function, String target, List<String> seen) {
  /** A factor of the finalizer of MurmurHash3. */
  private static final long PRIME = 0xff51afd7ed558ccdL;

  /** Keeps a copy. */
  public MemoKey {
    seen = List.copyOf(seen);
  }

  /** 64 bits that stand for the call, and differ as good as surely from those of others; not 0. */
  long print() {
    long print = add(function.hashCode(), target);
    for (String value : seen) {
      print = add(print, value);
    }
    print = (print ^ (print >>> 32)) * PRIME;
    print ^= print >>> 29;
    return print == 0 ? 1 : print;
  }

  private static long add(long print, String text) {
    long sum = (print + text.length()) * PRIME;
    for (int i = 0; i < text.length(); i++) {
      sum = (sum ^ text.charAt(i)) * PRIME;
      sum ^= sum >>> 47;
    }
    return sum;
  }

  /** Bytes of memory that it takes, about. */
  long bytes() {
    long chars = target.length();
    for (String value : seen) {
      chars += value.length();
    }
    return chars;
  }
}
