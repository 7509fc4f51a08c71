package dev.limpet.protocol.receipt;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.Samples;
import dev.limpet.protocol.receipt.Receipt.Ran;
import dev.limpet.protocol.receipt.Receipt.Used;
import dev.limpet.protocol.receipt.ReceiptComparison.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceiptComparisonTest {
  private final Receipt first = ReceiptSamples.receipt(NodeIdentity.generate().peerId());

  private Receipt with(Used used, String engine) {
    Ran elsewhere =
        new Ran(
            NodeIdentity.generate().peerId(), ExecutionId.random(), engine, List.of(), 5_000, 9);
    return new Receipt(first.work(), first.ending(), used, elsewhere);
  }

  @Test
  void where_and_when_it_ran_and_what_travelled_may_be_different() {
    Used used =
        new Used(first.used().fuel(), first.used().memory(), 7, 3, first.used().fetched() + 1);
    ReceiptComparison comparison = ReceiptComparison.of(first, with(used, first.ran().engine()));
    assertTrue(comparison.agrees(), () -> comparison.differences().toString());
    ReceiptComparison.Line node =
        comparison.lines().stream().filter(line -> line.what().equals("node")).findFirst().get();
    assertEquals(ReceiptComparison.Verdict.ASIDE, node.verdict());
    assertFalse(node.first().equals(node.second()));
  }

  @Test
  void fuel_and_memory_must_be_the_same_on_the_same_engine_alone() {
    Used used = new Used(first.used().fuel() + 1, first.used().memory() + 1, 0, 0, 0);
    assertEquals(
        List.of("fuel", "memory"),
        ReceiptComparison.of(first, with(used, first.ran().engine())).differences());
    assertTrue(ReceiptComparison.of(first, with(used, "another engine")).agrees());
  }

  @Test
  void hashes_of_memory_are_compared_when_both_are_there_and_else_nobody_agrees_or_differs() {
    Receipt one = ReceiptSamples.hashed(first, 1);
    Receipt other = ReceiptSamples.hashed(first, 2);
    assertTrue(memory(first, first).isEmpty());
    assertEquals(Verdict.SAME, memory(one, one).orElseThrow().verdict());
    assertEquals(List.of("memoryHash"), ReceiptComparison.of(one, other).differences());
    for (ReceiptComparison unknown :
        List.of(ReceiptComparison.of(first, one), ReceiptComparison.of(one, first))) {
      assertTrue(unknown.agrees());
      ReceiptComparison.Line line = line(unknown, "memoryHash").orElseThrow();
      assertEquals(Verdict.ASIDE, line.verdict());
      assertTrue((line.first() + line.second()).contains("not recorded"), line.toString());
    }
    Receipt elsewhere = with(other.used(), "another engine");
    assertTrue(ReceiptComparison.of(one, elsewhere).agrees());
  }

  @Test
  void what_a_node_says_of_a_further_run_counts_where_its_receipt_is_silent() {
    Receipt now = ReceiptSamples.hashed(first, 1);
    ReceiptComparison said = ReceiptComparison.of(first, now);
    assertEquals(
        Verdict.SAME,
        line(said.with(ReceiptComparison.of(now, now)), "memoryHash").orElseThrow().verdict());
    Receipt lies = ReceiptSamples.hashed(first, 2);
    assertEquals(List.of("memoryHash"), said.with(ReceiptComparison.of(lies, now)).differences());
    Used used = new Used(first.used().fuel() + 1, first.used().memory(), 0, 0, 0);
    Receipt changes =
        ReceiptSamples.hashed(new Receipt(first.work(), first.ending(), used, first.ran()), 1);
    assertEquals(List.of("fuel now"), said.with(ReceiptComparison.of(changes, now)).differences());
  }

  private static Optional<ReceiptComparison.Line> memory(Receipt one, Receipt other) {
    return line(ReceiptComparison.of(one, other), "memoryHash");
  }

  private static Optional<ReceiptComparison.Line> line(ReceiptComparison in, String what) {
    return in.lines().stream().filter(line -> line.what().equals(what)).findFirst();
  }

  @Test
  void another_result_or_ending_differs_and_so_does_another_task() {
    Receipt.Result result = requireNonNull(first.ending().result());
    Receipt.Ending forged =
        new Receipt.Ending(
            ReceiptOutcome.OK,
            null,
            null,
            new Receipt.Result(Samples.MODULE, Objects.requireNonNull(result).size(), 201, null));
    assertEquals(
        List.of("result", "status"),
        ReceiptComparison.of(first, new Receipt(first.work(), forged, first.used(), first.ran()))
            .differences());
    Receipt.Ending trapped = new Receipt.Ending(ReceiptOutcome.TRAPPED, null, "why", null);
    assertEquals(
        List.of("outcome", "result", "size", "status", "says"),
        ReceiptComparison.of(first, new Receipt(first.work(), trapped, first.used(), first.ran()))
            .differences());
    Receipt.Work other =
        new Receipt.Work(
            null, ByteString.of(first.work().toTask().withBody(new byte[32]).encode()), List.of());
    assertEquals(
        List.of("task"),
        ReceiptComparison.of(first, new Receipt(other, first.ending(), first.used(), first.ran()))
            .differences());
  }
}
