package dev.limpet.node.library;

import dev.limpet.content.cid.Cid;
import io.ipfs.multihash.Multihash;

/**
 * A CID as the library writes it into a query, with options behind it that its methods have no
 * parameters for. Above all {@code offline}: without it a Kubo looks in its network for what it
 * lacks, while a call waits. Should a version of the library take the bytes instead, it asks for a
 * block that nobody has, and what comes is not believed.
 */
final class Argument extends Multihash {
  private static final int DIGEST_BYTES = 32;
  private final String text;

  /**
   * An argument.
   *
   * @param options as they stand in a query, each with its {@code &}; escaped
   */
  Argument(Cid cid, String options) {
    super(Type.sha2_256, new byte[DIGEST_BYTES]);
    text = cid + options;
  }

  @Override
  public String toString() {
    return text;
  }

  @Override
  public String toBase58() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Argument argument && argument.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
