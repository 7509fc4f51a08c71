package dev.limpet.gateway.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMemoTest {
  private static final int ROOM = 1 << 20;

  private final Cid function = Cid.of(Multicodec.DAG_CBOR, new byte[] {1});
  private final PeerId node = NodeIdentity.generate().peerId();

  private AnswerMemo filled(MultiMap head) {
    AnswerMemo memo = new AnswerMemo(ROOM);
    for (int i = 0; i < 2000; i++) {
      memo.keep(
          new MemoKey(function, "/" + i, List.of()),
          new MemoEntry(
              200, new KnownHeads(true, head, head), Buffer.buffer("body"), "\"e\"", node));
    }
    assertTrue(memo.bytes() <= ROOM, () -> memo.bytes() + " bytes");
    return memo;
  }

  @Test
  void a_long_line_of_a_head_takes_its_room() {
    int bytes = 30 << 10;
    AnswerMemo memo = filled(HttpHeaders.headers().add("X-Long", "x".repeat(bytes)));
    assertTrue(memo.entries() <= ROOM / bytes, () -> memo.entries() + " heads of " + bytes);
    assertTrue(memo.entries() > ROOM / bytes / 2, () -> memo.entries() + " of some 34");
  }

  /** Each of them takes an object for its name, its value and its place in two maps. */
  @Test
  void many_short_lines_take_more_than_their_letters() {
    MultiMap head = HttpHeaders.headers();
    for (int i = 0; i < 1000; i++) {
      head.add("a", "b");
    }
    assertTrue(filled(head).entries() <= ROOM / (1000 * 100));
  }

  @Test
  void short_answers_take_little() {
    AnswerMemo memo = filled(HttpHeaders.headers().add("Content-Type", "text/plain"));
    assertTrue(memo.entries() > 700, () -> memo.entries() + " of some 850");
    assertEquals(0, new AnswerMemo(0).entries());
  }
}
