package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.net.URI;
import java.util.Map;

/**
 * A node asks a gateway to be let in.
 *
 * @param name the name it wants; bound to its key from the first join on
 * @param url where the gateway reaches it
 * @param peerId its identity
 * @param publicKey the 32 bytes that {@code peerId} is made of
 * @param nonce from the {@link Challenge}
 * @param signature Ed25519 over the DAG-CBOR of {@link JoinClaim}, 64 bytes
 * @param version the version of Limpet that it runs
 * @param linkToken what the gateway presents to this node from now on; new for each process
 * @param capacity what it can take
 * @param labels what its owner says about it
 */
@Json
public record NodeJoin(
    String name,
    URI url,
    PeerId peerId,
    ByteString publicKey,
    String nonce,
    ByteString signature,
    String version,
    String linkToken,
    Capacity capacity,
    Map<String, String> labels) {
  /** Largest document that a gateway reads. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** Labels are a few words about place and hardware. */
  static final int MAX_LABELS = 64;

  /** Longest token; ours have 43 characters. */
  static final int MAX_TOKEN_CHARS = 256;

  private static final int SIGNATURE_BYTES = 64;

  /** Checks the parts and that {@code peerId} is the one of {@code publicKey}. */
  public NodeJoin {
    Names.node(Wire.present("name", name));
    Wire.baseUrl("url", url);
    Wire.present("peerId", peerId);
    if (!PeerId.of(Wire.present("publicKey", publicKey).toBytes()).equals(peerId)) {
      throw new IllegalArgumentException("peerId is not the id of publicKey");
    }
    Wire.text("nonce", nonce, Challenge.MAX_NONCE_CHARS);
    if (Wire.present("signature", signature).size() != SIGNATURE_BYTES) {
      throw new IllegalArgumentException("signature must have 64 bytes");
    }
    Wire.text("version", version);
    Wire.text("linkToken", linkToken, MAX_TOKEN_CHARS);
    Wire.present("capacity", capacity);
    labels = Wire.map("labels", labels, MAX_LABELS);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "NodeJoin[name=" + name + ", url=" + url + ", peerId=" + peerId + "]";
  }
}
