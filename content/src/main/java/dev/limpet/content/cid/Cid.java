package dev.limpet.content.cid;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A content identifier (multiformats CID specification): version, codec of the content and its
 * multihash. Two Cids are equal when all three are; version 0 and 1 of the same block are not, but
 * share the {@link #multihash()}, which is what block stores are keyed by.
 */
public final class Cid implements Comparable<Cid> {
  /** Version, codec of up to nine bytes, hash code, two bytes of length, identity digest. */
  public static final int MAX_CID_BYTES =
      1 + Varint.MAX_VARINT_BYTES + 1 + 2 + Multihash.MAX_IDENTITY_BYTES;

  /** Longest text of a CID that is parsed; base32, the longest form, takes 1.6 letters a byte. */
  public static final int MAX_CID_CHARS = 256;

  private static final int V0_TEXT_CHARS = 46;
  private static final int V0_FIRST_BYTE = 0x12;
  private static final int V0_SECOND_BYTE = 0x20;

  private final int version;
  private final long codec;
  private final Multihash multihash;
  private @Nullable String text;

  private Cid(int version, long codec, Multihash multihash) {
    this.version = version;
    this.codec = codec;
    this.multihash = multihash;
  }

  /**
   * A CID of version 1.
   *
   * @param codec the multicodec of the content, not negative
   * @param multihash the hash
   * @return the CID
   */
  public static Cid v1(long codec, Multihash multihash) {
    if (codec < 0) {
      throw new CidFormatException("a codec cannot be negative");
    }
    return new Cid(1, codec, multihash);
  }

  /**
   * A CID of version 0: dag-pb and sha2-256, implied.
   *
   * @param multihash a sha2-256 hash
   * @return the CID
   * @throws CidFormatException when the hash is not sha2-256
   */
  public static Cid v0(Multihash multihash) {
    if (!multihash.isKey()) {
      throw new CidFormatException("a CIDv0 is always sha2-256, with the whole digest");
    }
    return new Cid(0, Multicodec.DAG_PB, multihash);
  }

  /**
   * The CID (version 1, sha2-256) of a block.
   *
   * @param codec the codec of the block
   * @param block the block's bytes
   * @return its CID
   */
  public static Cid of(long codec, byte[] block) {
    return v1(codec, Multihash.sha256(block));
  }

  /**
   * Reads the text of a CID: base58btc without prefix for version 0, else multibase (base32,
   * base36, base58btc, base64url).
   *
   * @param text the text, without blanks around it
   * @return the CID
   * @throws CidFormatException when it is no CID, with the reason
   */
  public static Cid parse(String text) {
    return parse(text, false);
  }

  /**
   * Reads the text of a link inside of a value: as {@link #parse}, with any hash function.
   *
   * @param text the text
   * @return the CID; see {@link Multihash#isVerifiable()}
   * @throws CidFormatException when it is no CID, with the reason
   */
  public static Cid parseLink(String text) {
    return parse(text, true);
  }

  private static Cid parse(String text, boolean link) {
    if (text.isEmpty() || text.length() > MAX_CID_CHARS) {
      throw new CidFormatException(
          "not a CID: it has " + text.length() + " characters, 1 to " + MAX_CID_CHARS + " can be");
    }
    try {
      if (text.length() == V0_TEXT_CHARS && text.startsWith("Qm")) {
        return decode(Multibase.BASE58BTC.decode(text));
      }
      byte[] bytes = Multibase.decodePrefixed(text);
      Cid cid = link ? decodeLink(bytes) : decode(bytes);
      if (cid.version == 0) {
        throw new CidFormatException("a CIDv0 is written in base58btc without a prefix (Qm...)");
      }
      return cid;
    } catch (CidFormatException e) {
      throw notACid(text, e);
    }
  }

  private static CidFormatException notACid(String text, CidFormatException reason) {
    CidFormatException named =
        new CidFormatException("not a CID: '" + printable(text) + "': " + reason.getMessage());
    named.initCause(reason);
    return named;
  }

  /** Input goes into messages and logs: control characters and long text must not. */
  private static String printable(String text) {
    int shown = Math.min(text.length(), V0_TEXT_CHARS * 2);
    StringBuilder safe = new StringBuilder(shown + 3);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      safe.append(c > ' ' && c < 0x7f ? c : '?');
    }
    return shown < text.length() ? safe.append("...").toString() : safe.toString();
  }

  /**
   * Reads the binary form of a CID that fills the whole array.
   *
   * @param bytes exactly one CID
   * @return the CID
   * @throws CidFormatException when the bytes are no CID or bytes follow it
   */
  public static Cid decode(byte[] bytes) {
    return whole(ByteBuffer.wrap(bytes), false);
  }

  /**
   * Reads the binary form of a link inside of a value: as {@link #decode}, with any hash function.
   *
   * @param bytes exactly one CID
   * @return the CID; see {@link Multihash#isVerifiable()}
   * @throws CidFormatException when the bytes are no CID or bytes follow it
   */
  public static Cid decodeLink(byte[] bytes) {
    return whole(ByteBuffer.wrap(bytes), true);
  }

  private static Cid whole(ByteBuffer buffer, boolean link) {
    Cid cid = read(buffer, link);
    if (buffer.hasRemaining()) {
      throw new CidFormatException(buffer.remaining() + " bytes follow the CID");
    }
    return cid;
  }

  /**
   * Reads the binary form of a CID from the start of a buffer and moves the buffer behind it.
   *
   * @param buffer starts with a CID
   * @return the CID
   * @throws CidFormatException when it does not
   */
  public static Cid read(ByteBuffer buffer) {
    return read(buffer, false);
  }

  private static Cid read(ByteBuffer buffer, boolean link) {
    if (buffer.remaining() >= 2
        && buffer.get(buffer.position()) == V0_FIRST_BYTE
        && buffer.get(buffer.position() + 1) == V0_SECOND_BYTE) {
      return v0(Multihash.read(buffer));
    }
    long version = Varint.read(buffer);
    if (version != 1) {
      throw new CidFormatException("CID version " + version + " is not known; 0 and 1 are");
    }
    long codec = Varint.read(buffer);
    return new Cid(1, codec, Multihash.read(buffer, link));
  }

  /**
   * The version.
   *
   * @return 0 or 1
   */
  public int version() {
    return version;
  }

  /**
   * The codec of the content.
   *
   * @return its multicodec, not negative
   */
  public long codec() {
    return codec;
  }

  /**
   * The hash of the content.
   *
   * @return the multihash
   */
  public Multihash multihash() {
    return multihash;
  }

  /**
   * Whether the CID carries its content in itself, so that no store needs to hold it.
   *
   * @return true for identity CIDs
   */
  public boolean isIdentity() {
    return multihash.isIdentity();
  }

  /**
   * The binary form.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(encodedLength());
    write(buffer);
    return buffer.array();
  }

  /**
   * Writes the binary form.
   *
   * @param buffer has room for {@link #encodedLength()} bytes
   */
  public void write(ByteBuffer buffer) {
    if (version == 1) {
      Varint.write(version, buffer);
      Varint.write(codec, buffer);
    }
    multihash.write(buffer);
  }

  /**
   * Length of the binary form.
   *
   * @return bytes
   */
  public int encodedLength() {
    int prefix = version == 1 ? 1 + Varint.size(codec) : 0;
    return prefix + multihash.encodedLength();
  }

  /**
   * The same content as a CID of version 1.
   *
   * @return this, or its equivalent of version 1
   */
  public Cid toV1() {
    return version == 1 ? this : new Cid(1, codec, multihash);
  }

  /** Order of the binary forms, byte by byte, unsigned. */
  @Override
  public int compareTo(Cid other) {
    return version == other.version && codec == other.codec && multihash.isAlike(other.multihash)
        ? multihash.compareTo(other.multihash)
        : Arrays.compareUnsigned(toBytes(), other.toBytes());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cid that
        && version == that.version
        && codec == that.codec
        && multihash.equals(that.multihash);
  }

  @Override
  public int hashCode() {
    return multihash.hashCode() * 31 + Long.hashCode(codec) + version;
  }

  /** The usual text: base58btc for version 0, base32 for version 1. */
  @Override
  public String toString() {
    // A race computes the same text twice; both are right.
    String known = text;
    if (known == null) {
      known = version == 0 ? Multibase.BASE58BTC.encode(toBytes()) : base32();
      text = known;
    }
    return known;
  }

  private String base32() {
    byte[] letters = new byte[textLength()];
    writeText(letters, 0);
    return new String(letters, StandardCharsets.ISO_8859_1);
  }

  /** Length of the usual text, in letters, which are ASCII. */
  public int textLength() {
    return version == 0 ? V0_TEXT_CHARS : 1 + Multibase.BASE32.letters(encodedLength());
  }

  /**
   * Writes the usual text in ASCII: {@link #toString} without a string, for what is written to each
   * caller and read by nobody here.
   *
   * @param target has room for {@link #textLength()} bytes
   * @param at where the first letter goes
   * @return where the text ends
   */
  public int writeText(byte[] target, int at) {
    int end = at + textLength();
    if (version == 0) {
      byte[] letters = toString().getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(letters, 0, target, at, letters.length);
      return end;
    }
    target[at] = (byte) Multibase.BASE32.prefix();
    int bytes = encodedLength();
    write(ByteBuffer.wrap(target, end - bytes, bytes)); // where the letters will be, at their end
    Multibase.BASE32.encode(target, end - bytes, bytes, target, at + 1);
    return end;
  }

  /**
   * The text in another base.
   *
   * @param base the base
   * @return the multibase text of this CID as version 1
   */
  public String toString(Multibase base) {
    return base.encodePrefixed(toV1().toBytes());
  }
}
