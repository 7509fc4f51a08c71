package dev.limpet.benchmarks.swarm;

import dev.limpet.gateway.placement.DialRule;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.JoinRules;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.KnownRoots;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.placement.Time;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeWelcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The nodes, registry and holder index of a gateway, filled by nodes that announce, without HTTP.
 */
public final class InnerSwarm implements AutoCloseable {
  /** Between the numbers of the nodes that hold the same root. */
  private static final int STRIDE = 3331;

  private final Database database;
  private final NodeRegistry registry;
  private final HolderIndex index;
  private final Proofs proofs;

  /**
   * Without nodes.
   *
   * @param folder gets the gateway's database
   * @param maxHoldings that the index has room for
   */
  public InnerSwarm(Path folder, int maxHoldings) {
    this.database = Database.open(folder.resolve("gateway.db"));
    this.index = new HolderIndex(maxHoldings);
    this.proofs = new Proofs(index, Time.SYSTEM);
    this.registry =
        new NodeRegistry(
            new KnownRoots(database),
            index,
            Duration.ofMinutes(1),
            new JoinRules(false, new DialRule(true)),
            Time.SYSTEM);
  }

  /** Who holds what. */
  public HolderIndex index() {
    return index;
  }

  /** The nodes that have joined. */
  public NodeRegistry registry() {
    return registry;
  }

  /** Each of {@code roots} is held by {@code holders} of {@code nodes}. */
  void fill(int nodes, int roots, int holders) {
    for (int node = 0; node < nodes; node++) {
      List<Holding> holdings = new ArrayList<>();
      for (int copy = 0; copy < holders; copy++) {
        int first = Math.floorMod(node - copy * STRIDE, nodes);
        for (int root = first; root < roots; root += nodes) {
          holdings.add(SwarmNode.root(root));
        }
      }
      announce(SwarmNode.number(node), holdings);
    }
  }

  /** Lets a node join that holds these, and has shown it. */
  public void announce(SwarmNode node, List<Holding> holdings) {
    NodeWelcome welcome = registry.join(node.join(registry.challenge().nonce()), true);
    int sequence = 0;
    int from = 0;
    do {
      int to = Math.min(holdings.size(), from + Announcement.MAX_HOLDINGS);
      sequence++;
      registry.announce(
          node.name(),
          welcome.nodeToken(),
          new Announcement(
              welcome.session(),
              sequence,
              AnnouncementKind.SNAPSHOT,
              to == holdings.size(),
              holdings.subList(from, to),
              List.of(),
              Load.IDLE,
              null));
      from = to;
    } while (from < holdings.size());
    KnownNode known = Objects.requireNonNull(registry.find(node.name()), "it has joined");
    for (Holding holding : holdings) {
      Proofs.Claim claim = new Proofs.Claim(known, holding.cid(), holding.complete());
      proofs.found(claim, Proofs.Finding.SHOWN);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
