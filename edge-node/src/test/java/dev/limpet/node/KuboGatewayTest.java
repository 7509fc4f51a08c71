package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.BuiltPeer;
import dev.limpet.content.Vectors;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.NodeStore;
import dev.limpet.testkit.wire.WireAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node and a real Kubo with the same blocks answer the same requests: status, the headers that
 * the specifications of gateways rule, and bodies are compared. Kubo is that of {@link BuiltPeer};
 * the blocks are those of the CARs in {@code gateway-fixtures} (see {@link Vectors}). Without them
 * the test is skipped and says so.
 */
class KuboGatewayTest {
  private static final int SHOWN = 40;

  @TempDir Path dir = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore(Long.MAX_VALUE);
  private final List<Block> all = new ArrayList<>();
  private final Set<Cid> roots = new LinkedHashSet<>();

  @Test
  @Tag("nightly")
  void a_node_answers_as_kubo_does_but_for_differences_that_have_a_name() throws IOException {
    Path program = BuiltPeer.kubo();
    List<Path> cars = new ArrayList<>();
    for (Path car : Vectors.files(Vectors.folder("gateway-fixtures"), ".car")) {
      if (read(car)) {
        cars.add(car);
      }
    }
    load(dir.resolve("node"));
    try (Kubo kubo = Kubo.start(program, dir, cars);
        NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"), "public-data=true")) {
      compare(kubo, node);
    }
  }

  private boolean read(Path car) throws IOException {
    List<Block> found = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(car))) {
      CarReader reader = new CarReader(in, CarLimits.unbounded());
      for (Block block = reader.next(); block != null; block = reader.next()) {
        found.add(block);
      }
      roots.addAll(reader.roots());
    } catch (CarFormatException e) {
      System.out.printf("left out, as nodes do not read it: %s: %s%n", car, e.getMessage());
      return false;
    }
    found.forEach(blocks::put);
    all.addAll(found);
    return true;
  }

  /** One of the fixtures lacks a block, so they come as blocks that were fetched. */
  private void load(Path folder) throws IOException {
    Files.createDirectories(folder);
    NodeStore.Quotas quotas = new NodeStore.Quotas(1L << 30, 1L << 30, 1L << 30, 0);
    try (NodeStore store = NodeStore.open(folder, quotas)) {
      all.forEach(store.fetched().sink()::put);
    }
  }

  private void compare(Kubo kubo, NodeUnderTest node) {
    List<GatewayQuestion> questions = GatewayQuestions.about(List.copyOf(roots), blocks);
    Map<AcceptedDifference, Integer> accepted = new EnumMap<>(AcceptedDifference.class);
    Map<String, String> unexplained = new LinkedHashMap<>();
    Map<String, Integer> aspects = new TreeMap<>();
    int same = 0;
    for (GatewayQuestion question : questions) {
      WireAnswer theirs = question.ask(kubo.gateway());
      WireAnswer ours = question.ask(node.url());
      List<String> differences = ComparedAnswers.differences(question, theirs, ours);
      same += differences.isEmpty() ? 1 : 0;
      for (String aspect : differences) {
        var one = new AcceptedDifference.Case(question, aspect, theirs, ours);
        AcceptedDifference known = AcceptedDifference.of(one);
        if (known == null) {
          unexplained.putIfAbsent(one.kind(), one.toString());
          aspects.merge(aspect, 1, Integer::sum);
        } else {
          accepted.merge(known, 1, Integer::sum);
        }
      }
    }
    System.out.printf(
        "%d requests, %d answers equal in all that is compared%n", questions.size(), same);
    accepted.forEach((k, n) -> System.out.printf("%5d %s: %s%n", n, k, k.reason()));
    unexplained.values().stream()
        .limit(Integer.getInteger("shown", SHOWN))
        .forEach(System.out::println);
    assertTrue(questions.size() > 500, () -> "only " + questions.size() + " requests");
    assertEquals(Map.of(), aspects, "differences without a name");
    assertEquals(Set.of(AcceptedDifference.values()), accepted.keySet(), "each difference occurs");
  }
}
