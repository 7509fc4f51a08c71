package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.net.URI;
import java.util.List;
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
 * @param functions which functions it accepts: {@link #DEPLOYED} or CIDs of functions and modules;
 *     empty for any
 * @param wire the {@link #WIRE} of the node; 0 from a build that did not say
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
    Map<String, String> labels,
    List<String> functions,
    int wire) {
  /** The version of what nodes and gateways say to each other. */
  public static final int WIRE = 1;

  /** Stands for every function that has a name at the gateway. */
  public static final String DEPLOYED = "deployed";

  /**
   * The label of a node that lets anybody read its data, which it sets itself: IPFS clients that
   * ask the gateway are sent there.
   */
  public static final String PUBLIC_DATA_LABEL = "public-data";

  /** The label of a node that asks trustless gateways outside, which it sets itself. */
  public static final String TRUSTLESS_GATEWAYS_LABEL = "trustless-gateways";

  /** Largest document that a gateway reads. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** Labels are a few words about place and hardware. */
  public static final int MAX_LABELS = 64;

  /** Functions that a node lists as those that it accepts. */
  public static final int MAX_ALLOWED_FUNCTIONS = 256;

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
    functions = Wire.list("functions", functions, MAX_ALLOWED_FUNCTIONS);
    functions.forEach(NodeJoin::allowed);
    Wire.atLeast("wire", wire, 0);
  }

  /**
   * Checks one of the functions that a node accepts.
   *
   * @throws IllegalArgumentException when it is neither {@link #DEPLOYED} nor a CID
   */
  public static String allowed(String function) {
    return function.equals(DEPLOYED) ? function : Cid.parse(function).toV1().toString();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "NodeJoin[name=" + name + ", url=" + url + ", peerId=" + peerId + "]";
  }
}
