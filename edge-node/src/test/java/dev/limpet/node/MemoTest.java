package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.MemoWish;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which calls of a node are answered without a run. */
@Timeout(60)
class MemoTest {
  @TempDir private Path dir;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.holding(dir.resolve("node"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private TestCall call(byte[] wasm, String keys) {
    SampleFunction function = SampleFunction.of(wasm, keys);
    assertEquals(204, function.pushTo(node.url()).status());
    return TestCall.of(function);
  }

  private static String memo(WireAnswer answer) {
    return answer.header("Limpet-Memo");
  }

  @Test
  void the_second_of_equal_calls_gets_the_same_answer_without_a_run_also_after_a_restart() {
    SampleDag data = SampleDag.file(1, 300_000);
    assertEquals(201, node.add(data.car()).status());
    TestCall call = call(SampleModules.copiesInput(0), "").on(data.root());
    WireAnswer first = call.ask(node);
    WireAnswer second = call.ask(node);
    node.close();
    node = NodeUnderTest.holding(dir.resolve("node"));
    WireAnswer third = call.ask(node);
    assertEquals("miss", memo(first));
    for (WireAnswer again : new WireAnswer[] {second, third}) {
      assertEquals("hit", memo(again));
      assertEquals(200, again.status());
      assertEquals(first.text(), again.text());
      assertEquals(
          "\"" + again.headerOrTrailer("Limpet-Task") + "\"", again.headerOrTrailer("ETag"));
      assertEquals("300000", again.header("Limpet-Data-Bytes"));
      assertEquals("0", again.headerOrTrailer("Limpet-Blocks-Read"));
      assertNotEquals(first.header("Limpet-Execution"), again.header("Limpet-Execution"));
      assertTrue(again.headerOrTrailer("Server-Timing").contains("run;dur=0.000"));
    }
    assertEquals("miss", memo(call.arguments("other").ask(node)));
  }

  @Test
  void a_range_can_be_had_of_what_is_kept_and_only_of_that() {
    TestCall call = call(SampleModules.hello(), "").range("bytes=1-3");
    WireAnswer whole = call.ask(node);
    assertEquals(200, whole.status());
    WireAnswer part = call.ask(node);
    assertEquals(206, part.status());
    assertEquals(whole.text().substring(1, 4), part.text());
    assertEquals("bytes 1-3/" + whole.text().length(), part.header("Content-Range"));
    assertEquals(whole.headerOrTrailer("ETag"), part.headerOrTrailer("ETag"));
    assertEquals(416, call.range("bytes=9999-").ask(node).status());
  }

  @Test
  void a_caller_may_want_a_run_and_may_want_nothing_kept() {
    TestCall call = call(SampleModules.hello(), "");
    assertEquals("bypass", memo(call.memo(MemoWish.NO_STORE).ask(node)));
    assertEquals("miss", memo(call.memo(MemoWish.USE).ask(node)));
    assertEquals("miss", memo(call.memo(MemoWish.NO_CACHE).ask(node)));
    assertEquals("bypass", memo(call.memo(MemoWish.NO_STORE).ask(node)));
    assertEquals("hit", memo(call.memo(MemoWish.USE).ask(node)));
  }

  @Test
  void bodies_count_only_where_the_manifest_says_so() {
    byte[] one = "one".getBytes(StandardCharsets.UTF_8);
    TestCall plain = call(SampleModules.echo(), "").body(one);
    assertEquals("bypass", memo(plain.ask(node)));
    assertEquals("bypass", memo(plain.ask(node)));
    TestCall kept = call(SampleModules.echo(), ",\"memo\":\"body\"").body(one);
    assertEquals("miss", memo(kept.ask(node)));
    WireAnswer again = kept.ask(node);
    assertEquals("hit", memo(again));
    assertEquals("one", again.text());
    WireAnswer other = kept.body("two".getBytes(StandardCharsets.UTF_8)).ask(node);
    assertEquals("miss", memo(other));
    assertEquals("two", other.text());
    assertEquals("bypass", memo(kept.chunked(one).ask(node)));
    TestCall never = call(SampleModules.hello(), ",\"memo\":false");
    assertEquals("bypass", memo(never.ask(node)));
    assertEquals("bypass", memo(never.ask(node)));
  }

  @Test
  void head_and_get_share_an_answer() {
    TestCall call = call(SampleModules.hello(), "");
    assertEquals("miss", memo(call.head().ask(node)));
    WireAnswer head = call.ask(node);
    assertEquals("hit", memo(head));
    String length = Integer.toString(SampleModules.HELLO.length());
    assertEquals(length, head.header("Content-Length"));
    WireAnswer get = call(SampleModules.hello(), "").ask(node);
    assertEquals("hit", memo(get));
    assertEquals(SampleModules.HELLO, get.text());
  }

  @Test
  void what_an_http_function_says_comes_again_unless_it_sets_a_cookie_or_fails() {
    String http = ",\"abi\":\"http\"";
    TestCall created =
        call(SampleModules.writes("Status: 201\nContent-Type: text/x\nX-A: b\n\nnew"), http);
    assertEquals("miss", memo(created.ask(node)));
    WireAnswer again = created.ask(node);
    assertEquals("hit", memo(again));
    assertEquals(201, again.status());
    assertEquals("text/x", again.header("Content-Type"));
    assertEquals("b", again.header("X-A"));
    assertEquals("new", again.text());
    for (String head : new String[] {"Set-Cookie: a=1", "Status: 404"}) {
      TestCall call = call(SampleModules.writes(head + "\n\nx"), http);
      assertEquals("miss", memo(call.ask(node)), head);
      assertEquals("miss", memo(call.ask(node)), head);
    }
  }

  @Test
  void a_trap_is_told_again_for_a_moment_and_an_error_runs_again() {
    TestCall trap = call(SampleModules.traps(), "");
    WireAnswer first = trap.ask(node);
    WireAnswer second = trap.ask(node);
    assertEquals("guest-trapped", second.header("Limpet-Error"));
    assertEquals("miss", memo(first));
    assertEquals("hit", memo(second));
    assertEquals("bypass", memo(trap.memo(MemoWish.NO_STORE).ask(node)));
    assertEquals(first.status(), second.status());
    assertEquals(1, node.metric("limpet_node_memo_misses_total"));
    assertEquals(1, node.metric("limpet_node_memo_hits_total"));
    TestCall exit = call(SampleModules.exitsWith(3), "");
    assertEquals(502, exit.ask(node).status());
    assertEquals(502, exit.ask(node).status());
    assertEquals(3, node.metric("limpet_node_memo_misses_total"));
    assertEquals(0, node.metric("limpet_node_memo_entries"));
  }

  @Test
  void a_function_that_the_owner_no_longer_allows_is_refused_though_its_answer_is_kept() {
    TestCall call = call(SampleModules.hello(), "");
    assertEquals("miss", memo(call.ask(node)));
    node.close();
    node =
        NodeUnderTest.start(
            dir.resolve("node"),
            "allow-functions=" + SampleFunction.of(SampleModules.echo()).cid());
    assertEquals("forbidden", call.ask(node).header("Limpet-Error"));
  }

  @Test
  void with_a_quota_of_nothing_every_call_runs() {
    node.close();
    node = NodeUnderTest.start(dir.resolve("node"), "memo-quota=0");
    TestCall call = call(SampleModules.hello(), "");
    assertEquals("bypass", memo(call.ask(node)));
    assertEquals("bypass", memo(call.ask(node)));
  }
}
