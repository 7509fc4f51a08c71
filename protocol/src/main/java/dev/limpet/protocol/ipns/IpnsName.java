package dev.limpet.protocol.ipns;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multibase;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.protocol.PeerId;

/**
 * A name whose owner is whoever has its key (IPNS specification, "IPNS Name"). Only Ed25519 keys,
 * which stand in the name itself, so that a record of it can be checked without asking anybody.
 *
 * @param owner the key
 */
public record IpnsName(PeerId owner) {
  /**
   * Reads a name.
   *
   * @param text a CID of the codec libp2p-key ({@code k51…}, {@code bafzaa…}), or a peer id ({@code
   *     12D3Koo…})
   * @return the name
   * @throws IllegalArgumentException when it is no name of an Ed25519 key, with a sentence
   */
  public static IpnsName parse(String text) {
    if (text.startsWith("12D3Koo")) {
      return new IpnsName(PeerId.parse(text));
    }
    try {
      Cid cid = Cid.parseLink(text);
      if (cid.codec() == Multicodec.LIBP2P_KEY && cid.isIdentity()) {
        return new IpnsName(owner(cid.multihash().digest()));
      }
    } catch (CidFormatException e) {
      throw new IllegalArgumentException(noName().getMessage(), e);
    }
    throw noName();
  }

  /** The owner by a public key in libp2p's protobuf. */
  static PeerId owner(byte[] key) {
    try {
      return PeerId.ofProtobuf(key);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(noName().getMessage(), e);
    }
  }

  private static IllegalArgumentException noName() {
    return new IllegalArgumentException("expected the IPNS name of an Ed25519 key: k51…");
  }

  /**
   * The name as a CID.
   *
   * @return version 1, codec libp2p-key, the public key in an identity multihash
   */
  public Cid cid() {
    return Cid.v1(Multicodec.LIBP2P_KEY, Multihash.identity(owner.toProtobuf()));
  }

  /** The name in base 36, as Kubo writes it: {@code k51…}, 62 characters. */
  @Override
  public String toString() {
    return cid().toString(Multibase.BASE36);
  }
}
