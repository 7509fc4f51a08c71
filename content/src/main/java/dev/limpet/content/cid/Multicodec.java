package dev.limpet.content.cid;

import java.util.Map;
import java.util.OptionalLong;

/** The codes of the multicodec table that this build knows by name. */
public final class Multicodec {
  /** Multihash whose digest is the data itself. */
  public static final long IDENTITY = 0x00;

  /** Multihash SHA2-256. */
  public static final long SHA2_256 = 0x12;

  /** Plain CBOR; readable as bytes, never followed. */
  public static final long CBOR = 0x51;

  /** Bytes without structure. */
  public static final long RAW = 0x55;

  /** MerkleDAG protobuf, the codec of UnixFS nodes. */
  public static final long DAG_PB = 0x70;

  /** MerkleDAG CBOR. */
  public static final long DAG_CBOR = 0x71;

  /** A libp2p public key. */
  public static final long LIBP2P_KEY = 0x72;

  /** MerkleDAG JSON. */
  public static final long DAG_JSON = 0x0129;

  /** Plain JSON; readable as bytes, never followed. */
  public static final long JSON = 0x0200;

  private static final Map<Long, String> NAMES =
      Map.of(
          CBOR, "cbor",
          RAW, "raw",
          DAG_PB, "dag-pb",
          DAG_CBOR, "dag-cbor",
          LIBP2P_KEY, "libp2p-key",
          DAG_JSON, "dag-json",
          JSON, "json");

  private Multicodec() {}

  /**
   * The code of a content codec by the name that the multicodec table gives to it.
   *
   * @param name for example {@code dag-pb}
   * @return the code; empty when this build does not know the name
   */
  public static OptionalLong code(String name) {
    return NAMES.entrySet().stream()
        .filter(codec -> codec.getValue().equals(name))
        .mapToLong(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * The name that the multicodec table gives to a content codec, or its code in hex.
   *
   * @param codec the code
   * @return for example {@code dag-pb}
   */
  public static String name(long codec) {
    String name = NAMES.get(codec);
    return name == null ? "0x" + Long.toHexString(codec) : name;
  }
}
