package dev.limpet.protocol;

import dev.limpet.content.cid.Sha256;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a node signs when it joins: that the holder of this key wants this name at this address, in
 * answer to this nonce, and that this link token is its own. A signature over the nonce alone could
 * be carried to another address by whoever relays it.
 *
 * <p>The signed bytes are the DAG-CBOR of {@code {purpose, name, url, nonce, linkToken}}; {@code
 * linkToken} is the SHA-256 of the token, so that a log of claims holds no secret.
 *
 * @param name the name it wants
 * @param url where the gateway reaches it
 * @param nonce from the {@link Challenge}
 * @param linkToken what the gateway will present to the node
 */
public record JoinClaim(String name, URI url, String nonce, String linkToken) {
  private static final String PURPOSE = "limpet node join v1";

  /** The claim in a join. */
  public static JoinClaim of(NodeJoin join) {
    return new JoinClaim(join.name(), join.url(), join.nonce(), join.linkToken());
  }

  /** Whether the holder of the key signed exactly this. */
  public boolean isSignedBy(PeerId peerId, ByteString signature) {
    return NodeIdentity.verify(peerId, toSign(), signature.toBytes());
  }

  /** The bytes that are signed. */
  byte[] toSign() {
    return DagCbor.encode(
        new Ipld.MapNode(
            Map.of(
                "purpose", new Ipld.Text(PURPOSE),
                "name", new Ipld.Text(name),
                "url", new Ipld.Text(url.toString()),
                "nonce", new Ipld.Text(nonce),
                "linkToken", new Ipld.Bytes(sha256(linkToken)))));
  }

  private static byte[] sha256(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "JoinClaim[name=" + name + ", url=" + url + "]";
  }
}
