package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.NodeIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of a node that announces everything again. */
class KnownRootsTest {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");
  private static final Holding A = FakeNodes.root(FakeNodes.cid("a"), 1, true);
  private static final Holding B = FakeNodes.root(FakeNodes.cid("b"), 2, true);
  private static final Holding C = FakeNodes.root(FakeNodes.cid("c"), 3, true);

  private final Database database;
  private final KnownRoots roots;
  private final KnownNode node =
      new KnownNode(
          "node", NodeIdentity.generate().peerId(), NOWHERE, Time.SYSTEM, Standing.APPROVED);

  KnownRootsTest(@TempDir Path dir) {
    database = Database.open(dir.resolve("gateway.db"));
    roots = new KnownRoots(database);
    roots.saveNode(node, NOWHERE);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private long changesBy(Runnable work) {
    long before = changes();
    work.run();
    return changes() - before;
  }

  private long changes() {
    return database.read("SELECT total_changes()", row -> row.getLong(1)).getFirst();
  }

  private Set<Holding> remembered() {
    return roots.roots().stream()
        .map(KnownRoots.RememberedRoot::holding)
        .collect(Collectors.toSet());
  }

  @Test
  void what_a_node_had_before_is_not_written_again() {
    assertEquals(3, changesBy(() -> roots.replace(node, List.of(A, B, C))));
    assertEquals(0, changesBy(() -> roots.replace(node, List.of(C, B, A))));
    assertEquals(Set.of(A, B, C), remembered());
  }

  @Test
  void what_is_new_gone_or_different_is_written() {
    roots.replace(node, List.of(A, B));
    Holding part = FakeNodes.root(B.cid(), 2, false);
    long changes = changesBy(() -> roots.replace(node, List.of(part, C)));
    assertEquals(Set.of(part, C), remembered());
    assertEquals(3, changes, "one gone, one different, one new");
    roots.replace(node, List.of());
    assertEquals(Set.of(), remembered());
  }

  @Test
  void entries_inside_of_roots_are_not_remembered() {
    Cid inside = FakeNodes.cid("inside");
    roots.replace(node, List.of(A, new Holding(inside, 1, 1, true, HoldingKind.ENTRY)));
    assertEquals(Set.of(A), remembered());
  }
}
