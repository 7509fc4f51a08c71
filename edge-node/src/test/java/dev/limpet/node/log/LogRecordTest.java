package dev.limpet.node.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPart;
import dev.limpet.wasmhost.GuestLog;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LogRecordTest {
  private static LogRecord of(ExecutionState state, byte[] log) {
    LogItem item =
        new LogItem(
            ExecutionId.random(),
            Cid.of(Multicodec.DAG_CBOR, new byte[1]),
            null,
            state,
            Instant.EPOCH,
            null,
            null,
            null,
            null,
            "",
            0,
            0);
    return new LogRecord(item, new GuestLog(log, new byte[0], log.length));
  }

  private static String inParts(byte[] log, int maxBytes) {
    LogRecord entry = of(ExecutionState.DONE, log);
    StringBuilder all = new StringBuilder();
    LogPart part = entry.part(0, maxBytes);
    all.append(part.item().text());
    while (part.more()) {
      LogPart next = entry.part(part.next(), maxBytes);
      assertTrue(next.next() > part.next());
      part = next;
      all.append(part.item().text());
    }
    return all.toString();
  }

  @Test
  void no_character_is_torn_between_two_parts() {
    String text = "a\u00e9\u20ac\ud83d\ude00b\ud83d\ude00\u20ac\u00e9";
    for (int maxBytes = 4; maxBytes < 30; maxBytes++) {
      assertEquals(text, inParts(text.getBytes(UTF_8), maxBytes));
    }
  }

  @Test
  void bytes_that_are_no_text_come_to_their_end_too() {
    byte[] bytes = new byte[50];
    Arrays.fill(bytes, (byte) 0xf0);
    for (int maxBytes = 1; maxBytes < 60; maxBytes++) {
      assertEquals("\ufffd".repeat(50), inParts(bytes, maxBytes));
    }
  }

  @Test
  void the_beginning_of_a_character_waits_for_its_rest_while_the_function_runs() {
    byte[] bytes = Arrays.copyOf("ab\u20ac".getBytes(UTF_8), 4);
    LogPart running = of(ExecutionState.RUNNING, bytes).part(0, 100);
    assertEquals("ab", running.item().text());
    assertEquals(2, running.next());
    LogPart ended = of(ExecutionState.FAILED, bytes).part(0, 100);
    assertEquals("ab\ufffd", ended.item().text());
    assertEquals(4, ended.next());
  }
}
