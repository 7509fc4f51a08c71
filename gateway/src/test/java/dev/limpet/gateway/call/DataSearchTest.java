package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.TestNodeClient;
import dev.limpet.protocol.Capacity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DataSearchTest {
  private static final Cid DATA = FakeNodes.cid("data");

  DataSearchTest() {}

  @Test
  void what_was_shown_after_the_first_look_counts_though_nothing_is_left_to_show(@TempDir Path dir)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (var client = TestNodeClient.of(vertx, 10, Duration.ofSeconds(2));
        var work = new BlockingWork(vertx, 1);
        var nodes = new FakeNodes(dir, 1000)) {
      Placement placement = new Placement(nodes.registry, nodes.index);
      Prover prover = new Prover(new Proofs(nodes.index, nodes.time()), client, work);
      MuteNodes mute = new MuteNodes(InstantSource.system());
      Recalls recalls = new Recalls(nodes.registry, client, InstantSource.system());
      DataSearch search =
          new DataSearch(
              placement,
              nodes.index,
              prover,
              new Inquiries(
                  new Inquiries.Ground(nodes.registry, nodes.index, client, prover), mute, recalls),
              recalls);
      nodes.join("node", new Capacity(1 << 30, 1, FakeNodes.MEMORY));
      List<Question.Wanted> wanted = List.of(Question.Wanted.whole(DATA));
      Question question =
          new Question(FakeNodes.cid("function"), FakeNodes.MEMORY, wanted, 0, Needs.NONE);
      Decision first = placement.decide(question);
      assertInstanceOf(Decision.DataNotFound.class, first);
      nodes.snapshot("node", FakeNodes.root(DATA, 4, true));
      assertEquals(List.of(), prover.open(DATA));
      Future<Decision> then =
          search.shown(question, first, proofs -> Future.all(proofs).mapEmpty());
      assertInstanceOf(Decision.Run.class, then.await());
    } finally {
      vertx.close().await();
    }
  }
}
