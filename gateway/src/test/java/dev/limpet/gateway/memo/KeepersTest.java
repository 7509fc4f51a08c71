package dev.limpet.gateway.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of who keeps which answer, within a fixed amount of memory. */
class KeepersTest {
  private static final int A = 1;
  private static final int B = 0xffffff;

  private final Keepers keepers = new Keepers();

  private static Cid cid(String text) {
    return Cid.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The call of a function on the file of that number. */
  private static long print(int number) {
    String target = "/on/" + cid("file " + number) + "/-/csv?arg=sum%3D1";
    return new MemoKey(cid("function"), target, List.of()).print();
  }

  private int keeper(int number) {
    return keepers.find(print(number));
  }

  @Test
  void of_two_hundred_thousand_calls_nearly_all_are_remembered_and_each_with_its_own_node() {
    int calls = 200_000;
    for (int i = 0; i < calls; i++) {
      keepers.keeps(print(i), i % 2 == 0 ? A : B, 100);
    }
    int remembered = 0;
    for (int i = 0; i < calls; i++) {
      int keeper = keeper(i);
      assertTrue(keeper == 0 || keeper == (i % 2 == 0 ? A : B), "call " + i);
      remembered += keeper == 0 ? 0 : 1;
    }
    assertTrue(remembered > calls * 9 / 10, remembered + " of " + calls);
  }

  @Test
  void ten_thousand_calls_are_all_remembered() {
    for (int i = 0; i < 10_000; i++) {
      keepers.keeps(print(i), A, 100);
    }
    for (int i = 0; i < 10_000; i++) {
      assertEquals(A, keeper(i), "call " + i);
    }
    assertEquals(0, keeper(10_000));
  }

  @Test
  void the_last_node_counts_and_only_it_can_be_forgotten() {
    assertEquals(0, keeper(1));
    keepers.keeps(print(1), A, 100);
    keepers.keeps(print(1), B, 100);
    assertEquals(B, keeper(1));
    keepers.forget(print(1), A);
    assertEquals(B, keeper(1));
    keepers.forget(print(1), B);
    assertEquals(0, keeper(1));
  }

  @Test
  void what_is_too_long_to_be_kept_by_a_node_is_thought_to_be_kept_by_none() {
    keepers.keeps(print(1), A, Keepers.MAX_KEEPER_ANSWER_BYTES + 1);
    assertEquals(0, keeper(1));
    keepers.keeps(print(1), A, Keepers.MAX_KEEPER_ANSWER_BYTES);
    assertEquals(A, keeper(1));
  }

  @Test
  void a_node_that_is_trusted_no_longer_is_forgotten_with_all_its_answers_and_no_other_one() {
    AnswerMemo memo = new AnswerMemo(1 << 20);
    PeerId liar = NodeIdentity.generate().peerId();
    int other = Keepers.mark(liar) ^ 2;
    memo.keepers().keeps(print(1), Keepers.mark(liar), 100);
    memo.keepers().keeps(print(2), Keepers.mark(liar), 100);
    memo.keepers().keeps(print(3), other, 100);
    memo.forgetNode(liar);
    assertEquals(0, memo.keepers().find(print(1)));
    assertEquals(0, memo.keepers().find(print(2)));
    assertEquals(other, memo.keepers().find(print(3)));
  }

  @Test
  void who_wants_no_kept_answer_is_told_of_no_keeper() {
    MemoKey key = new MemoKey(cid("function"), "/fn/csv", List.of());
    keepers.keeps(key.print(), A, 100);
    assertEquals(new Keepers.Hint(key.print(), A), keepers.hint(key, true));
    assertEquals(new Keepers.Hint(key.print(), 0), keepers.hint(key, false));
  }

  @Test
  void whatever_a_function_may_see_makes_another_print() {
    long print = new MemoKey(cid("function"), "/fn/csv", List.of("ab", "c")).print();
    assertEquals(print, new MemoKey(cid("function"), "/fn/csv", List.of("ab", "c")).print());
    assertNotEquals(print, new MemoKey(cid("other"), "/fn/csv", List.of("ab", "c")).print());
    assertNotEquals(print, new MemoKey(cid("function"), "/fn/csw", List.of("ab", "c")).print());
    assertNotEquals(print, new MemoKey(cid("function"), "/fn/csv", List.of("a", "bc")).print());
    assertNotEquals(print, new MemoKey(cid("function"), "/fn/csv", List.of("ab")).print());
  }
}
