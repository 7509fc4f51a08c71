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
  /** Keeps a copy. */
  public MemoKey {
    seen = List.copyOf(seen);
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
