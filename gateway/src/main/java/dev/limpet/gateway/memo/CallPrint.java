package dev.limpet.gateway.memo;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.RequestTarget;
import java.util.List;

/**
 * 64 bits that stand for a call that only reads, made of what makes it a Task: the same whether the
 * function was called by name or by CID, and however the caller wrote it.
 */
public final class CallPrint {
  /** A factor of the finalizer of MurmurHash3. */
  private static final long PRIME = 0xff51afd7ed558ccdL;

  private CallPrint() {}

  /**
   * The print of a call, which differs as good as surely from those of others; not 0.
   *
   * @param function CID of the manifest
   * @param path what follows the function
   * @param query whole when it has more than arguments
   * @param headers those that the function may see; none when none of them is there
   */
  public static long of(
      Cid function,
      List<DataRef> inputs,
      String path,
      RequestTarget.CallQuery query,
      List<String> headers) {
    long print = add(function.multihash().first64(), path);
    for (DataRef input : inputs) {
      print = add(print ^ input.root().multihash().first64(), "/");
      print = add(print, input.path());
    }
    print = query.others().isEmpty() ? add(print, query.arguments()) : add(print, query.raw());
    print = add(print, headers);
    print = (print ^ (print >>> 32)) * PRIME;
    print ^= print >>> 29;
    return print == 0 ? 1 : print;
  }

  private static long add(long print, List<String> texts) {
    long sum = (print + texts.size()) * PRIME;
    for (String text : texts) {
      sum = add(sum, text);
    }
    return sum;
  }

  private static long add(long print, String text) {
    long sum = (print + text.length()) * PRIME;
    for (int i = 0; i < text.length(); i++) {
      sum = (sum ^ text.charAt(i)) * PRIME;
      sum ^= sum >>> 47;
    }
    return sum;
  }
}
