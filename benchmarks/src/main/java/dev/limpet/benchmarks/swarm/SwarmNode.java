package dev.limpet.benchmarks.swarm;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A node of which there is nothing but what it says.
 *
 * @param name its name
 * @param identity its key
 */
public record SwarmNode(String name, NodeIdentity identity) {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");
  private static final long MEMORY = 64L << 20;
  private static final int SLOTS = 4;

  /** With a name that has this number, and a new key. */
  public static SwarmNode number(int number) {
    return new SwarmNode("node-" + number, NodeIdentity.generate());
  }

  NodeJoin join(String nonce) {
    JoinClaim claim = new JoinClaim(name, NOWHERE, nonce, "link-" + name);
    return new NodeJoin(
        name,
        NOWHERE,
        identity.peerId(),
        ByteString.of(identity.peerId().publicKey()),
        nonce,
        identity.sign(claim),
        "0.1.0",
        claim.linkToken(),
        new Capacity(1 << 30, SLOTS, MEMORY),
        Map.of(),
        List.of(),
        NodeJoin.WIRE);
  }

  static Cid cid(int root) {
    return Cid.of(Multicodec.DAG_PB, ("root " + root).getBytes(StandardCharsets.UTF_8));
  }

  static Holding root(int root) {
    return root(cid(root));
  }

  /** A root of 1 MiB that is there whole. */
  public static Holding root(Cid cid) {
    return new Holding(cid, 1 << 20, 1 << 20, true, HoldingKind.ROOT);
  }
}
