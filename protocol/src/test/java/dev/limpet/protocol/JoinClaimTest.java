package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JoinClaimTest {
  private static final URI URL = URI.create("http://127.0.0.1:8641");
  private static final URI ATTACKER = URI.create("http://127.0.0.1:9999");
  private static final int MAX = NodeJoin.MAX_JSON_BYTES;

  private final NodeIdentity identity = NodeIdentity.generate();
  private final JoinClaim claim = new JoinClaim("node-1", URL, "nonce", "token");
  private final ByteString signature = identity.sign(claim);

  @Test
  void who_has_the_key_is_believed() {
    assertTrue(claim.isSignedBy(identity.peerId(), signature));
    assertFalse(claim.isSignedBy(NodeIdentity.generate().peerId(), signature));
  }

  @Test
  void every_field_is_signed() {
    List<JoinClaim> others =
        List.of(
            new JoinClaim("node-2", URL, "nonce", "token"),
            new JoinClaim("node-1", ATTACKER, "nonce", "token"),
            new JoinClaim("node-1", URL, "other", "token"),
            new JoinClaim("node-1", URL, "nonce", "other"),
            new JoinClaim("nonce", URL, "node-1", "token"),
            new JoinClaim("node-1", URL, "token", "nonce"));
    for (JoinClaim other : others) {
      assertFalse(other.isSignedBy(identity.peerId(), signature), other.toString());
    }
  }

  @Test
  void a_signature_that_is_cut_damaged_or_of_another_message_is_none() {
    byte[] damaged = signature.toBytes();
    for (int i = 0; i < damaged.length; i++) {
      damaged[i] ^= 1;
      assertFalse(claim.isSignedBy(identity.peerId(), ByteString.of(damaged)), "byte " + i);
      damaged[i] ^= 1;
    }
    for (byte[] wrong : List.of(new byte[0], new byte[63], new byte[64], new byte[65])) {
      assertFalse(claim.isSignedBy(identity.peerId(), ByteString.of(wrong)));
    }
    byte[] nonce = "nonce".getBytes(StandardCharsets.UTF_8);
    ByteString overNonce = ByteString.of(identity.sign(nonce));
    assertFalse(claim.isSignedBy(identity.peerId(), overNonce));
  }

  @Test
  void a_join_that_is_relayed_with_another_address_or_token_fails() {
    NodeJoin honest = Samples.join(identity, claim);
    assertTrue(JoinClaim.of(honest).isSignedBy(honest.peerId(), honest.signature()));
    for (JoinClaim stolen :
        List.of(
            new JoinClaim("node-1", ATTACKER, "nonce", "token"),
            new JoinClaim("node-1", URL, "nonce", "token of the relay"))) {
      NodeJoin relayed =
          new NodeJoin(
              stolen.name(),
              stolen.url(),
              honest.peerId(),
              honest.publicKey(),
              stolen.nonce(),
              honest.signature(),
              honest.version(),
              stolen.linkToken(),
              honest.capacity(),
              honest.labels(),
              List.of(),
              NodeJoin.WIRE);
      assertFalse(JoinClaim.of(relayed).isSignedBy(relayed.peerId(), relayed.signature()));
    }
  }

  @Test
  void a_public_key_that_is_not_of_the_peer_id_is_refused() {
    NodeJoin honest = Samples.join(identity, claim);
    ByteString other = ByteString.of(NodeIdentity.generate().peerId().publicKey());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new NodeJoin(
                    honest.name(),
                    honest.url(),
                    honest.peerId(),
                    other,
                    honest.nonce(),
                    honest.signature(),
                    honest.version(),
                    honest.linkToken(),
                    honest.capacity(),
                    honest.labels(),
                    List.of(),
                    NodeJoin.WIRE));
    assertTrue(String.valueOf(e.getMessage()).contains("publicKey"), e.getMessage());
  }

  @Test
  void a_join_survives_the_wire_and_its_signature_with_it() {
    NodeJoin honest = Samples.join(identity, claim);
    NodeJoin read = Json.read(NodeJoin.class, Json.write(honest), MAX);
    assertEquals(honest, read);
    assertTrue(JoinClaim.of(read).isSignedBy(read.peerId(), read.signature()));
  }

  @Test
  void the_signed_bytes_hold_no_token() {
    Map<String, Ipld> signed = ((Ipld.MapNode) DagCbor.decode(claim.toSign())).entries();
    assertEquals(5, signed.size());
    assertEquals(new Ipld.Text("limpet node join v1"), signed.get("purpose"));
    assertFalse(new String(claim.toSign(), StandardCharsets.ISO_8859_1).contains(":token"));
    assertEquals(32, ((Ipld.Bytes) Objects.requireNonNull(signed.get("linkToken"))).value().length);
    assertFalse(claim.toString().contains("token"));
    assertFalse(Samples.join(identity, claim).toString().contains("token"));
  }
}
