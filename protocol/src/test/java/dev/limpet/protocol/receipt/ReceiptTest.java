package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.Samples;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReceiptTest {
  private static final Receipt FULL = ReceiptSamples.receipt(Samples.PEER);

  private static Stream<Receipt> receipts() {
    Receipt.Ending exited = new Receipt.Ending(ReceiptOutcome.EXITED, 3_000_000_000L, null, null);
    Receipt.Ending trapped =
        new Receipt.Ending(ReceiptOutcome.TRAPPED, null, "unreachable\u2026", null);
    Receipt.Ending http =
        new Receipt.Ending(
            ReceiptOutcome.OK,
            null,
            null,
            new Receipt.Result(Samples.DATA, 1L << 40, 404, Samples.FUNCTION));
    Receipt.Work streamed = new Receipt.Work(null, FULL.work().form(), List.of("a", "b/c", "d"));
    Receipt.Used much = new Receipt.Used(Long.MAX_VALUE, 23, 24, 256, 65_536);
    return Stream.of(
        FULL,
        new Receipt(FULL.work(), exited, FULL.used(), FULL.ran()),
        new Receipt(FULL.work(), trapped, FULL.used(), FULL.ran()),
        new Receipt(streamed, http, much, FULL.ran()),
        ReceiptSamples.hashed(FULL, 0xfe));
  }

  @ParameterizedTest
  @MethodSource("receipts")
  void a_receipt_is_strict_dag_cbor_and_is_read_as_it_was_written(Receipt receipt) {
    byte[] bytes = receipt.encode();
    assertArrayEquals(bytes, DagCbor.encode(DagCbor.decode(bytes)));
    assertEquals(receipt, Receipt.decode(bytes));
  }

  @ParameterizedTest
  @MethodSource("receipts")
  void a_receipt_for_which_there_is_no_room_is_counted(Receipt receipt) {
    byte[] bytes = receipt.encode();
    for (int room = 0; room <= bytes.length + 1; room++) {
      ByteBuffer out = ByteBuffer.allocate(room);
      assertEquals(bytes.length, receipt.write(out));
      int written = out.position();
      assertEquals(room >= bytes.length, written == bytes.length, "room: " + room);
      assertArrayEquals(Arrays.copyOf(bytes, written), Arrays.copyOf(out.array(), written));
    }
  }

  @Test
  void a_receipt_of_a_plain_call_takes_less_than_a_kibibyte() {
    assertTrue(FULL.encode().length < 1 << 10, "bytes: " + FULL.encode().length);
  }

  @Test
  void what_is_no_receipt_is_refused() {
    refused(map -> map.remove("outcome"), "outcome is missing");
    refused(map -> map.put("v", new Ipld.Int(2)), "version");
    refused(map -> map.put("fuel", new Ipld.Int(-1)), "fuel");
    refused(map -> map.put("started", new Ipld.Int(Long.MAX_VALUE)), "started");
    refused(map -> map.put("took", new Ipld.Int(Long.MAX_VALUE)), "took");
    refused(map -> map.put("status", new Ipld.Int(Long.MAX_VALUE)), "status");
    refused(map -> map.put("more", new Ipld.Int(2)), "more");
    refused(map -> map.put("outcome", new Ipld.Text("fine")), "outcome");
    refused(map -> map.put("outcome", new Ipld.Text("trapped")), "result");
    refused(map -> map.remove("result"), "result");
    refused(map -> map.put("node", new Ipld.Text("me")), "peer id");
    refused(map -> map.put("task", new Ipld.LinkNode(Samples.DATA)), "task");
    refused(map -> map.put("from", new Ipld.Text("x")), "from");
    refused(map -> map.put("memoryHash", new Ipld.Bytes(new byte[31])), "memoryHash");
    refused(map -> map.put("memoryHash", new Ipld.Bytes(new byte[33])), "memoryHash");
    refused(map -> map.put("memoryHash", new Ipld.Bytes(new byte[0])), "memoryHash");
    refused(map -> map.put("memoryHash", new Ipld.Text("0".repeat(32))), "memoryHash");
    assertThrows(IllegalArgumentException.class, () -> Receipt.decode(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Receipt.decode(new byte[] {0}));
    byte[] large = new byte[Receipt.MAX_RECEIPT_BYTES + 1];
    assertThrows(IllegalArgumentException.class, () -> Receipt.decode(large));
  }

  private static void refused(Consumer<Map<String, Ipld>> change, String because) {
    Map<String, Ipld> map = new HashMap<>(((Ipld.MapNode) DagCbor.decode(FULL.encode())).entries());
    change.accept(map);
    byte[] bytes = DagCbor.encode(new Ipld.MapNode(map));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Receipt.decode(bytes));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(because), message);
  }

  @Test
  void a_negative_number_is_not_written() {
    Receipt wrong =
        new Receipt(FULL.work(), FULL.ending(), new Receipt.Used(-1, 0, 0, 0, 0), FULL.ran());
    assertThrows(IllegalArgumentException.class, wrong::encode);
  }
}
