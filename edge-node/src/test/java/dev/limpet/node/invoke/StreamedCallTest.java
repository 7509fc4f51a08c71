package dev.limpet.node.invoke;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.log.LogKeeper;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long calls may take, and when they end because nothing moves. */
@Timeout(60)
class StreamedCallTest {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration WALL = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration SHORT_WALL = Duration.ofMillis(200);

  @TempDir private Path dir;
  private final InMemoryBlockstore functions = new InMemoryBlockstore();
  private final FedBody body = new FedBody();
  private final RecordedAnswer answer = new RecordedAnswer();
  private Sandbox sandbox;

  @BeforeEach
  void start() {
    sandbox =
        Sandbox.open(
            new SandboxConfig(
                new SandboxConfig.CompiledCache(
                    dir, new SecretKeySpec(new byte[32], "HmacSHA256"), 0, 64 << 20),
                2,
                64 << 20));
  }

  @AfterEach
  void stop() {
    answer.isTakenNow();
    body.end();
    sandbox.close();
  }

  private CompletableFuture<Void> call(byte[] wasm, Duration wall, Duration maxStall)
      throws IOException {
    return call("http", wasm, wall, maxStall);
  }

  private CompletableFuture<Void> command(byte[] wasm, Duration wall, Duration maxStall)
      throws IOException {
    return call("command", wasm, wall, maxStall);
  }

  private CompletableFuture<Void> call(String abi, byte[] wasm, Duration wall, Duration maxStall)
      throws IOException {
    Cid module =
        new UnixFsImporter(functions, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(wasm))
            .cid();
    String json =
        "{\"v\":1,\"module\":\"%s\",\"abi\":\"%s\",\"limits\":{\"wall\":\"%dms\"}}"
            .formatted(module, abi, wall.toMillis());
    FunctionManifest manifest =
        FunctionManifest.fromJson(json.getBytes(StandardCharsets.UTF_8), UnaryOperator.identity());
    InvocationParts parts =
        new InvocationParts(
            "node shed",
            new NothingStored(),
            functions,
            sandbox,
            () -> null,
            AllowedFunctions.ALL,
            Authorities.ofMachine("node-ca = PEM-FILE"),
            OutsideServers.NONE,
            LogKeeper.NONE,
            AnswerMemo.off(),
            null,
            ReceiptMaker.NONE);
    Admission admission = new Admission(new Admission.Limits(1, 1, Duration.ofSeconds(1)));
    return CompletableFuture.runAsync(
        () -> {
          try (Invocations invocations =
              new Invocations(parts, admission, new AnswerTimes(HeldAnswer.HOLD_TIME, maxStall))) {
            invocations.run(invocation(manifest, body.length()), body, answer, null);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private static Invocation invocation(FunctionManifest manifest, long length) {
    return new Invocation(
        ExecutionId.random(),
        manifest.cid(),
        manifest.module(),
        ByteString.of(manifest.encode()),
        "POST",
        false,
        "",
        "",
        List.of(),
        List.of(),
        Map.of(),
        null,
        LONG.toMillis(),
        0,
        null,
        List.of(),
        length,
        true,
        null,
        null);
  }

  /** Until the wall time of a call that has begun is over. */
  private static void awaitWall() {
    long over = System.nanoTime() + WALL.toNanos();
    await().until(() -> System.nanoTime() - over > 0);
  }

  private static Throwable failure(CompletableFuture<Void> call) {
    return Objects.requireNonNull(assertThrows(CompletionException.class, call::join).getCause());
  }

  @Test
  @Tag("long")
  void the_head_leaves_alone_and_the_answer_may_then_take_longer_than_the_wall_time()
      throws IOException {
    CompletableFuture<Void> call =
        call(SampleModules.writesThenEchoes("Status: 201\n\n"), WALL, LONG);
    await().until(answer::isBegun);
    assertEquals("", answer.text());
    awaitWall();
    body.feed('a');
    await().until(() -> answer.text().equals("a"));
    body.feed('b');
    body.end();
    call.join();
    assertEquals("ab", answer.text());
    assertTrue(answer.isEnded());
  }

  @Test
  void an_answer_that_does_not_begin_is_over_with_the_wall_time() throws IOException {
    LimpetException failure =
        (LimpetException) failure(call(SampleModules.echo(), SHORT_WALL, LONG));
    assertEquals(ErrorCode.OUT_OF_TIME, failure.code());
    assertFalse(answer.isBegun());
  }

  @Test
  void an_answer_that_waits_for_a_body_that_does_not_come_is_cut() throws IOException {
    CompletableFuture<Void> call =
        call(SampleModules.writesThenEchoes("\n:"), LONG, Duration.ofMillis(100));
    AnswerCutException cut = (AnswerCutException) failure(call);
    assertEquals(ErrorCode.OUT_OF_TIME, cut.problem().code());
    assertTrue(cut.problem().detail().contains("stood still"), cut::getMessage);
    assertEquals(":", answer.text());
    assertFalse(answer.isEnded());
  }

  @Test
  void an_answer_whose_function_computes_without_a_word_is_cut_too() throws IOException {
    CompletableFuture<Void> call =
        call(SampleModules.writesThenSpins("\n"), LONG, Duration.ofMillis(100));
    AnswerCutException cut = (AnswerCutException) failure(call);
    assertEquals(ErrorCode.OUT_OF_TIME, cut.problem().code());
    assertTrue(answer.isBegun());
    assertFalse(answer.isEnded());
  }

  private static void assertStoodStill(Throwable failure) {
    LimpetException ended = assertInstanceOf(LimpetException.class, failure);
    assertEquals(ErrorCode.OUT_OF_TIME, ended.code());
    String detail = ended.problem().detail();
    assertTrue(detail.contains("the request stood still"), detail);
  }

  @Test
  void a_call_whose_function_waits_for_a_body_that_does_not_come_ends_before_its_answer_begins()
      throws IOException {
    assertStoodStill(failure(call(SampleModules.echo(), LONG, SHORT)));
    assertStoodStill(failure(command(SampleModules.echo(), LONG, SHORT)));
    assertFalse(answer.isBegun());
  }

  @Test
  void so_does_one_whose_body_is_read_before_the_function_starts() throws IOException {
    body.length = 3;
    body.feed('a');
    assertStoodStill(failure(command(SampleModules.echo(), LONG, SHORT)));
    assertFalse(answer.isBegun());
  }

  @Test
  void a_short_body_that_comes_slowly_is_whole() throws IOException {
    body.length = 3;
    CompletableFuture<Void> call = command(SampleModules.echo(), LONG, LONG);
    for (char letter : "abc".toCharArray()) {
      body.feed(letter);
      await().until(body::isRead);
    }
    call.join();
    assertEquals("abc", answer.text());
  }

  @Test
  void a_command_of_whose_answer_nothing_is_taken_is_cut() throws IOException {
    answer.isNotTaken();
    body.end();
    AnswerCutException cut =
        (AnswerCutException) failure(command(SampleModules.writesThenSpins("a"), LONG, SHORT));
    assertEquals(ErrorCode.OUT_OF_TIME, cut.problem().code());
    assertTrue(cut.problem().detail().contains("taken"), cut::getMessage);
  }

  @Test
  void a_command_that_computes_in_silence_has_all_of_its_wall_time() throws IOException {
    byte[] spins = SampleModules.writesThenSpins("a");
    AnswerCutException cut =
        (AnswerCutException) failure(command(spins, SHORT_WALL, Duration.ofMillis(1)));
    assertEquals(ErrorCode.OUT_OF_TIME, cut.problem().code());
    assertTrue(cut.problem().detail().contains("within its time"), cut::getMessage);
  }
}
