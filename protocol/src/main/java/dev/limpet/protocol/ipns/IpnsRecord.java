package dev.limpet.protocol.ipns;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A record that its owner signed, and that was checked (IPNS record specification, version 2).
 * Records of version 1 alone are refused; in those that have both, version 1 must say the same.
 */
public final class IpnsRecord {
  /** The media type of a record (trustless gateway specification). */
  public static final String MEDIA_TYPE = "application/vnd.ipfs.ipns-record";

  /** Largest record that is made or read (specification, "Record size limit"). */
  public static final int MAX_RECORD_BYTES = 10 << 10;

  private static final byte[] SIGNED_BEFORE = "ipns-signature:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END_OF_LIFE = "EOL".getBytes(StandardCharsets.US_ASCII);

  private final IpnsName name;
  private final IpnsContent content;
  private final byte[] bytes;

  private IpnsRecord(IpnsName name, IpnsContent content, byte[] bytes) {
    this.name = name;
    this.content = content;
    this.bytes = bytes;
  }

  /**
   * Signs a record of version 2, which says the same in version 1 for old readers, as Kubo does.
   *
   * @param key the owner's key
   * @param content what is said
   * @return the record
   */
  public static IpnsRecord sign(NodeIdentity key, IpnsContent content) {
    byte[] value = content.valueBytes();
    byte[] validity = content.validityBytes();
    byte[] data = content.encode();
    byte[] bytes =
        new IpnsFields()
            .with(IpnsFields.VALUE, value)
            .with(IpnsFields.SIGNATURE_V1, key.sign(joined(value, validity, END_OF_LIFE)))
            .with(IpnsFields.VALIDITY_TYPE, 0)
            .with(IpnsFields.VALIDITY, validity)
            .with(IpnsFields.SEQUENCE, content.sequence())
            .with(IpnsFields.TTL, content.ttl().toNanos())
            .with(IpnsFields.SIGNATURE_V2, key.sign(joined(SIGNED_BEFORE, data)))
            .with(IpnsFields.DATA, data)
            .encode();
    return new IpnsRecord(new IpnsName(key.peerId()), content, bytes);
  }

  /**
   * Reads a record and checks that the owner of the name signed it. Whether it still holds is asked
   * by {@link #holdsAt}.
   *
   * @param name the name that the record is asked for
   * @param record the bytes; not kept
   * @return the record
   * @throws IllegalArgumentException when it is none, or none of this name, with a sentence
   */
  public static IpnsRecord verify(IpnsName name, byte[] record) {
    if (record.length > MAX_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "an IPNS record has " + MAX_RECORD_BYTES + " bytes at most");
    }
    IpnsFields fields = IpnsFields.decode(record);
    byte[] data = fields.bytes(IpnsFields.DATA);
    byte[] signature = fields.bytes(IpnsFields.SIGNATURE_V2);
    if (data.length == 0 || signature.length == 0) {
      throw new IllegalArgumentException("an IPNS record without a signature of version 2");
    }
    byte[] key = fields.bytes(IpnsFields.PUBLIC_KEY);
    PeerId owner = key.length == 0 ? name.owner() : IpnsName.owner(key);
    if (!owner.equals(name.owner())) {
      throw new IllegalArgumentException("an IPNS record of another name: " + new IpnsName(owner));
    }
    if (!NodeIdentity.verify(owner, joined(SIGNED_BEFORE, data), signature)) {
      throw new IllegalArgumentException("an IPNS record that the owner of its name did not sign");
    }
    IpnsContent content = IpnsContent.decode(data);
    requireSame(fields, content);
    return new IpnsRecord(name, content, record.clone());
  }

  /** What stands outside of the signed data must not lie to those who read only that. */
  private static void requireSame(IpnsFields fields, IpnsContent content) {
    byte[] value = fields.bytes(IpnsFields.VALUE);
    if (value.length == 0 && fields.bytes(IpnsFields.SIGNATURE_V1).length == 0) {
      return;
    }
    boolean same =
        Arrays.equals(value, content.valueBytes())
            && fields.number(IpnsFields.VALIDITY_TYPE) == 0
            && sameTime(fields.bytes(IpnsFields.VALIDITY), content)
            && fields.number(IpnsFields.SEQUENCE) == content.sequence()
            && fields.number(IpnsFields.TTL) == content.ttl().toNanos();
    if (!same) {
      throw new IllegalArgumentException("an IPNS record of which version 1 says something else");
    }
  }

  private static boolean sameTime(byte[] validity, IpnsContent content) {
    return IpnsContent.time(new String(validity, StandardCharsets.UTF_8))
        .equals(content.validity());
  }

  private static byte[] joined(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  /**
   * Whose record this is.
   *
   * @return the name
   */
  public IpnsName name() {
    return name;
  }

  /**
   * What the owner says.
   *
   * @return the signed data
   */
  public IpnsContent content() {
    return content;
  }

  /**
   * The record as it travels.
   *
   * @return a copy, {@link #MAX_RECORD_BYTES} at most
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Whether the record still holds.
   *
   * @param now the time
   * @return false once its validity is over
   */
  public boolean holdsAt(Instant now) {
    return !now.isAfter(content.validity());
  }

  /**
   * Whether this record is to be believed instead of another of the same name: by the sequence, and
   * among equal ones by the validity (specification, "Record update").
   *
   * @param other another record of the name
   * @return whether this one is newer
   */
  public boolean isNewerThan(IpnsRecord other) {
    int order = Long.compare(content.sequence(), other.content.sequence());
    return order > 0 || (order == 0 && content.validity().isAfter(other.content.validity()));
  }

  /** The name, what it stands for, and the sequence. */
  @Override
  public String toString() {
    return name + " -> " + content.value() + " #" + content.sequence();
  }
}
