package dev.limpet.gateway.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
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
    return print(cid("file " + number), "sum=1");
  }

  private static long print(Cid data, String... arguments) {
    List<DataRef> inputs = List.of(new DataRef(data, List.of()));
    return CallPrint.of(cid("function"), inputs, "", query("", arguments), List.of());
  }

  private static RequestTarget.CallQuery query(String raw, String... arguments) {
    return new RequestTarget.CallQuery(raw, List.of(arguments), List.of());
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
    long print = print(1);
    keepers.keeps(print, A, 100);
    assertEquals(new Keepers.Hint(print, A, false), keepers.hint(print, true));
    assertEquals(new Keepers.Hint(print, 0, false), keepers.hint(print, false));
  }

  @Test
  void whatever_makes_another_task_makes_another_print() {
    Cid function = cid("function");
    DataRef file = new DataRef(cid("file"), List.of());
    DataRef below = new DataRef(cid("file"), List.of("a"));
    DataRef other = new DataRef(cid("other"), List.of());
    RequestTarget.CallQuery none = query("");
    List<Long> prints =
        List.of(
            CallPrint.of(function, List.of(file), "", none, List.of()),
            CallPrint.of(cid("second"), List.of(file), "", none, List.of()),
            CallPrint.of(function, List.of(), "", none, List.of()),
            CallPrint.of(function, List.of(below), "", none, List.of()),
            CallPrint.of(function, List.of(other), "", none, List.of()),
            CallPrint.of(function, List.of(file, other), "", none, List.of()),
            CallPrint.of(function, List.of(other, file), "", none, List.of()),
            CallPrint.of(function, List.of(file), "/a", none, List.of()),
            CallPrint.of(function, List.of(file), "", query("", "ab", "c"), List.of()),
            CallPrint.of(function, List.of(file), "", query("", "a", "bc"), List.of()),
            CallPrint.of(function, List.of(file), "", query("", "ab"), List.of()),
            CallPrint.of(function, List.of(file), "", none, List.of("ab", "c")),
            CallPrint.of(function, List.of(file), "", none, List.of("a", "bc")),
            CallPrint.of(
                function,
                List.of(file),
                "",
                new RequestTarget.CallQuery("x=1", List.of(), List.of("x")),
                List.of()));
    assertEquals(prints.size(), Set.copyOf(prints).size());
  }

  @Test
  void how_an_argument_is_written_makes_no_other_print() {
    DataRef file = new DataRef(cid("file"), List.of());
    assertEquals(
        CallPrint.of(cid("f"), List.of(file), "", query("arg=sum%3D1", "sum=1"), List.of()),
        CallPrint.of(cid("f"), List.of(file), "", query("arg=sum=1", "sum=1"), List.of()));
  }
}
