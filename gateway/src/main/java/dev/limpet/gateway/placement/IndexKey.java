package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Sha256;
import java.nio.ByteBuffer;

/**
 * What the index looks a CID up by: the 32 bytes of its SHA2-256 digest and, apart from them, how
 * the block is read. So both versions of a CID are one key, and a block that is held under one
 * codec is found under another.
 *
 * <p>A CID with another hash, a cut one or another codec stands for itself alone: its key is the
 * digest of all of its bytes, and {@link #OTHER} keeps it from being taken for the CID of those
 * bytes.
 *
 * @param a the first 8 bytes of the digest
 * @param b the next 8
 * @param c the next 8
 * @param d the last 8
 * @param codec {@link #RAW} to {@link #DAG_JSON}, or {@link #OTHER}
 */
record IndexKey(long a, long b, long c, long d, int codec) {
  static final int RAW = 0;
  static final int DAG_PB = 1;
  static final int DAG_CBOR = 2;
  static final int DAG_JSON = 3;
  static final int OTHER = 4;

  /** The key of a CID. */
  static IndexKey of(Cid cid) {
    int codec = cid.multihash().isKey() ? codec(cid.codec()) : OTHER;
    byte[] digest = codec == OTHER ? Sha256.of(cid.toV1().toBytes()) : cid.multihash().digest();
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    return new IndexKey(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong(), codec);
  }

  private static int codec(long multicodec) {
    if (multicodec == Multicodec.RAW) {
      return RAW;
    }
    if (multicodec == Multicodec.DAG_PB) {
      return DAG_PB;
    }
    if (multicodec == Multicodec.DAG_CBOR) {
      return DAG_CBOR;
    }
    return multicodec == Multicodec.DAG_JSON ? DAG_JSON : OTHER;
  }

  /**
   * Scatters the digest by a secret: a node may announce any digest that it likes, and must not be
   * able to choose many that meet in one place.
   */
  long hash(long secret) {
    return mix(mix(mix(mix(secret ^ a) ^ b) ^ c) ^ d);
  }

  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
