package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.engine.CodeForm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a receipt says of a guest's memory at its end. */
@Timeout(60)
class MemoryDigestTest {
  private static final int PAGE = 65_536;

  private TestSandbox sandbox = TestSandbox.open();

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
  }

  private static ExecutionSpec.Builder asking() {
    return ExecutionSpec.builder().memoryHash();
  }

  private ExecutionResult run(byte[] wasm, ExecutionSpec.Builder spec) {
    return run(sandbox.sandbox(), wasm, spec);
  }

  private static ExecutionResult run(Sandbox where, byte[] wasm, ExecutionSpec.Builder spec) {
    return where.run(where.compile(wasm), spec.build());
  }

  @Test
  void it_is_the_sha_256_of_the_pages_and_of_each_block_that_is_not_zero()
      throws NoSuchAlgorithmException {
    byte[] memory = new byte[2 * PAGE + 100];
    memory[3 * 4096] = 1;
    memory[2 * PAGE - 1] = 2;
    memory[2 * PAGE] = 3; // beyond the end
    ByteBuffer form = ByteBuffer.allocate(4 + 2 * (4 + 4096));
    form.putInt(2).putInt(3).put(memory, 3 * 4096, 4096).putInt(31).put(memory, 31 * 4096, 4096);
    String expected =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(form.array()));
    assertEquals(expected, MemoryDigest.hex(memory, 2 * PAGE, 2));
  }

  @Test
  void each_byte_its_place_and_the_pages_matter() {
    Set<String> all = new HashSet<>();
    all.add(MemoryDigest.hex(new byte[0], 0, 0));
    all.add(MemoryDigest.hex(new byte[PAGE], PAGE, 1));
    all.add(MemoryDigest.hex(new byte[2 * PAGE], 2 * PAGE, 2));
    for (int i = 0; i < PAGE; i += 97) {
      byte[] other = new byte[PAGE];
      other[i] = 1;
      all.add(MemoryDigest.hex(other, PAGE, 1));
    }
    assertEquals(3 + (PAGE + 96) / 97, all.size());
  }

  @Test
  void equal_runs_have_one_hash_whatever_the_arrays_of_their_memories_held_before() {
    byte[] wasm = SampleModules.printsArguments();
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      String hash = run(wasm, asking()).usage().memoryHash();
      hashes.add(assertPresent(hash));
      run(SampleModules.fillsForever(), asking().limits(TestSandbox.fuel(1_000_000)));
    }
    assertEquals(1, hashes.size());
    assertNotEquals(
        hashes, Set.of(assertPresent(run(SampleModules.hello(), asking()).usage().memoryHash())));
  }

  @Test
  void a_warm_instance_of_a_raw_function_has_the_hash_of_a_fresh_one() {
    byte[] wasm = RawModules.dirtiesEverything();
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      byte[] input = "some input".getBytes(StandardCharsets.US_ASCII);
      ExecutionSpec.Builder spec = asking().raw().input(new ByteArrayInputStream(input));
      hashes.add(assertPresent(run(wasm, spec).usage().memoryHash()));
    }
    assertEquals(1, ((WasmSandbox) sandbox.sandbox()).pool().idle());
    assertEquals(1, hashes.size());
  }

  @Test
  void code_in_each_form_leaves_memory_of_one_hash(@TempDir Path folder) throws IOException {
    byte[] wasm = SampleModules.echo();
    Set<String> hashes = new HashSet<>();
    for (CodeForm form : CodeForm.values()) {
      Path code = folder.resolve(form.name());
      form.store(code, wasm);
      SandboxConfig config = new SandboxConfig(TestSandbox.cache(code), 1, 64 << 20);
      try (Sandbox own = Sandbox.open(config)) {
        byte[] input = "some input".getBytes(StandardCharsets.US_ASCII);
        ExecutionSpec.Builder spec = asking().input(new ByteArrayInputStream(input));
        hashes.add(assertPresent(run(own, wasm, spec).usage().memoryHash()));
      }
    }
    assertEquals(1, hashes.size());
  }

  @Test
  void ends_that_come_again_have_a_hash() {
    ExecutionResult trapped = run(SampleModules.traps(), asking());
    assertInstanceOf(Outcome.Trapped.class, trapped.outcome());
    assertPresent(trapped.usage().memoryHash());
    ExecutionResult empty =
        run(SampleModules.loopsForever(), asking().limits(TestSandbox.fuel(1_000_000)));
    assertInstanceOf(Outcome.OutOfFuel.class, empty.outcome());
    assertPresent(empty.usage().memoryHash());
    ExecutionResult exited = run(SampleModules.exitsWith(3), asking());
    assertPresent(exited.usage().memoryHash());
  }

  @Test
  void ends_from_outside_have_none_and_neither_has_a_run_that_was_not_asked() {
    ExecutionResult late = run(SampleModules.loopsForever(), asking().wall(Duration.ofMillis(300)));
    assertInstanceOf(Outcome.OutOfTime.class, late.outcome());
    assertNull(late.usage().memoryHash());
    CancelToken cancelled = new CancelToken();
    cancelled.cancel();
    assertNull(run(SampleModules.hello(), asking().cancel(cancelled)).usage().memoryHash());
    assertNull(run(SampleModules.hello(), ExecutionSpec.builder()).usage().memoryHash());
  }

  private static String assertPresent(@Nullable String hash) {
    assertNotNull(hash);
    assertEquals(64, hash.length());
    return hash;
  }
}
