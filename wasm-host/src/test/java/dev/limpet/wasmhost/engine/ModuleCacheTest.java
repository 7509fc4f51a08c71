package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.wasi.Preview1;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import run.endive.runtime.Instance;

final class ModuleCacheTest {
  private static final Artifact.Functions NONE = new Artifact.Functions(false, List.of());

  private static final byte[] HELLO = SampleModules.hello();
  private static final String HELLO_SHA = ModuleCache.sha256(HELLO);
  private static final SecretKey KEY = new SecretKeySpec(new byte[32], "HmacSHA256");

  @TempDir private Path directory;

  ModuleCacheTest() {}

  private ModuleCache open(long memoryBytes) throws IOException {
    return new ModuleCache(
        new HostFunctions(Preview1.functions()),
        Compiler.inThisProcess(),
        new ModuleCache.Storage(directory, KEY, 64 << 20, memoryBytes),
        module -> {});
  }

  @Test
  void a_module_is_compiled_then_in_memory_then_on_disk() throws IOException {
    ModuleCache cache = open(64 << 20);
    assertNull(cache.find(HELLO_SHA));
    ModuleCache.Hit first = cache.compile(HELLO_SHA, HELLO);
    assertEquals(ModuleCache.Origin.COMPILED, first.origin());
    ModuleCache.Hit second = cache.compile(HELLO_SHA, HELLO);
    assertEquals(ModuleCache.Origin.MEMORY, second.origin());
    assertSame(first.module(), second.module());
    ModuleCache.Hit third = open(64 << 20).find(HELLO_SHA);
    assertNotNull(third);
    assertEquals(ModuleCache.Origin.DISK, third.origin());
  }

  @Test
  void code_on_disk_that_was_touched_is_compiled_again() throws IOException {
    open(64 << 20).compile(HELLO_SHA, HELLO);
    Path file = onlyEntry();
    byte[] genuine = Files.readAllBytes(file);
    for (int at : new int[] {0, 8, 40, genuine.length / 2, genuine.length - 1}) {
      byte[] changed = genuine.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      assertNull(open(64 << 20).find(HELLO_SHA), "byte " + at);
      assertEquals(ModuleCache.Origin.COMPILED, open(64 << 20).compile(HELLO_SHA, HELLO).origin());
      assertArrayEquals(genuine, Files.readAllBytes(onlyEntry()));
    }
  }

  private Path onlyEntry() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void the_key_of_cached_code_names_the_engine_that_is_really_there() throws IOException {
    Properties engine = new Properties();
    try (InputStream pom =
        Objects.requireNonNull(
            Instance.class.getResourceAsStream(
                "/META-INF/maven/run.endive/runtime/pom.properties"))) {
      engine.load(pom);
    }
    String version = "endive-" + engine.getProperty("version") + "/";
    assertTrue(ModuleCompiler.VERSION.startsWith(version), version);
    assertTrue(ModuleCompiler.VERSION.contains("/pass-" + MeteringPass.VERSION + "/"));
    assertTrue(ModuleCompiler.VERSION.contains("/" + SplitLimits.USUAL.key() + "/"));
    assertTrue(ModuleCompiler.VERSION.contains("/" + ModuleCompiler.OPTIONS + "/"));
  }

  @Test
  void code_that_was_made_with_other_options_is_compiled_anew() throws IOException {
    CodeStore store = CodeStore.open(directory, KEY, 1 << 20);
    byte[] code = Compiler.inThisProcess().compile(HELLO).encode();
    String other = ModuleCompiler.VERSION.replace(ModuleCompiler.OPTIONS, "fuel");
    store.store(ModuleCache.key(HELLO_SHA, other), code);
    ModuleCache cache = open(1 << 20);
    assertNull(cache.find(HELLO_SHA));
    store.store(ModuleCache.key(HELLO_SHA), code);
    assertNotNull(cache.find(HELLO_SHA));
  }

  @Test
  void a_memory_that_is_too_small_leaves_the_disk() throws IOException {
    ModuleCache cache = open(1000);
    cache.compile(HELLO_SHA, HELLO);
    ModuleCache.Hit again = cache.find(HELLO_SHA);
    assertNotNull(again);
    assertEquals(ModuleCache.Origin.DISK, again.origin());
  }

  @Test
  void compiling_twice_gives_the_same_bytes() {
    assertArrayEquals(
        ModuleCompiler.compile(HELLO).encode(), ModuleCompiler.compile(HELLO).encode());
  }

  @Test
  void an_artifact_is_what_it_was_before_it_was_written() {
    Artifact artifact = ModuleCompiler.compile(HELLO);
    byte[] bytes = artifact.encode();
    Artifact again = Objects.requireNonNull(Artifact.decode(bytes));
    assertArrayEquals(artifact.module(), again.module());
    assertEquals(artifact.classes().keySet(), again.classes().keySet());
    assertArrayEquals(bytes, again.encode());
    for (int length = 0; length < bytes.length; length += 97) {
      assertNull(Artifact.decode(Arrays.copyOf(bytes, length)), "length " + length);
    }
    assertNull(Artifact.decode(Arrays.copyOf(bytes, bytes.length + 1)));
  }

  /** Someone who has the key can write genuine entries: the scan still holds. */
  private ModuleCache.Hit loadForged(String name, byte[] classFile) throws IOException {
    ModuleCache cache = open(64 << 20);
    Artifact genuine = ModuleCompiler.compile(HELLO);
    Map<String, byte[]> classes = new LinkedHashMap<>(genuine.classes());
    classes.put(name, classFile);
    CodeStore store = CodeStore.open(directory, KEY, 64 << 20);
    store.store(ModuleCache.key(HELLO_SHA), new Artifact(genuine.module(), classes, NONE).encode());
    ModuleCache.Hit hit = cache.find(HELLO_SHA);
    return hit == null ? cache.compile(HELLO_SHA, HELLO) : hit;
  }

  private static byte[] classCalling(String name, String owner, String method) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    String internal = name.replace('.', '/');
    writer.visit(Opcodes.V11, Opcodes.ACC_PUBLIC, internal, null, "java/lang/Object", null);
    MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC, "<clinit>", "()V", null, null);
    code.visitCode();
    code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, method, "()V", false);
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  @Test
  void classes_that_reach_out_are_not_loaded_and_the_module_is_compiled_again() throws IOException {
    String name = ModuleCompiler.MAIN_CLASS + "Extra";
    for (String[] call :
        new String[][] {
          {"java/lang/Runtime", "getRuntime"},
          {"java/lang/System", "exit"},
          {"java/lang/Thread", "yield"},
          {"dev/limpet/wasmhost/engine/GuestMemory", "view"},
          {"run/endive/wasm/Parser", "parse"},
          {"run/endive/wasm/WasmModule", "builder"},
          {"run/endive/runtime/Instance", "builder"},
          {"run/endive/runtime/Instance", "export"}
        }) {
      ModuleCache.Hit hit = loadForged(name, classCalling(name, call[0], call[1]));
      assertEquals(ModuleCache.Origin.COMPILED, hit.origin(), call[0]);
    }
  }

  @Test
  void a_class_that_would_swallow_the_end_of_a_guest_is_not_loaded() {
    String name = ModuleCompiler.MAIN_CLASS + "Extra";
    for (String caught : new String[] {"java/lang/Throwable", "java/lang/RuntimeException", null}) {
      ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
      writer.visit(Opcodes.V1_5, 0, name.replace('.', '/'), null, "java/lang/Object", null);
      MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC, "x", "()V", null, null);
      Label start = new Label();
      Label end = new Label();
      code.visitCode();
      code.visitTryCatchBlock(start, end, end, caught);
      code.visitLabel(start);
      code.visitInsn(Opcodes.NOP);
      code.visitLabel(end);
      code.visitInsn(Opcodes.RETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
      writer.visitEnd();
      byte[] bytes = writer.toByteArray();
      assertThrows(ClassScan.Forbidden.class, () -> ClassScan.check(name, bytes), caught);
    }
  }

  @Test
  void what_another_process_sends_must_be_harmless_code_of_that_module() {
    Artifact genuine = ModuleCompiler.compile(HELLO);
    byte[] bytes = genuine.encode();
    assertArrayEquals(bytes, Artifact.received(bytes, HELLO).encode());
    String name = ModuleCompiler.MAIN_CLASS + "Extra";
    Map<String, byte[]> more = new LinkedHashMap<>(genuine.classes());
    more.put(name, classCalling(name, "java/lang/Runtime", "getRuntime"));
    byte[] armed = new Artifact(genuine.module(), more, NONE).encode();
    byte[] swapped =
        new Artifact(
                ModuleCompiler.compile(SampleModules.traps()).module(), genuine.classes(), NONE)
            .encode();
    for (byte[] bad : List.of(armed, swapped, Arrays.copyOf(bytes, bytes.length - 1))) {
      assertThrows(CompilerFailedException.class, () -> Artifact.received(bad, HELLO));
    }
  }

  @Test
  void a_module_is_compiled_once_for_all_callers_and_a_slow_one_holds_up_no_other()
      throws Exception {
    byte[] slow = SampleModules.echo();
    String slowSha = ModuleCache.sha256(slow);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger compiled = new AtomicInteger();
    Compiler compiler =
        wasm -> {
          if (Arrays.equals(wasm, slow)) {
            compiled.incrementAndGet();
            awaitQuietly(go);
          }
          return ModuleCompiler.compile(wasm);
        };
    try (ModuleCache cache =
            new ModuleCache(
                new HostFunctions(Preview1.functions()),
                compiler,
                new ModuleCache.Storage(directory, KEY, 64 << 20, 64 << 20),
                module -> {});
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ModuleCache.Hit>> hits = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        hits.add(callers.submit(() -> cache.compile(slowSha, slow)));
      }
      assertEquals(ModuleCache.Origin.COMPILED, cache.compile(HELLO_SHA, HELLO).origin());
      assertTrue(hits.getFirst().cancel(true), "a caller that goes away takes nothing along");
      go.countDown();
      LoadedModule loaded = cache.compile(slowSha, slow).module();
      for (Future<ModuleCache.Hit> hit : hits.subList(1, hits.size())) {
        assertSame(loaded, hit.get().module());
      }
      assertEquals(1, compiled.get());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_module_that_was_refused_is_not_compiled_again_and_a_failure_is_not_remembered()
      throws IOException {
    List<RuntimeException> outcomes =
        new ArrayList<>(
            List.of(
                new CompilerFailedException("killed"),
                new ModuleRefused("compile-cpu", "It takes too long.", "Make it smaller.")));
    ModuleCache cache =
        new ModuleCache(
            new HostFunctions(Preview1.functions()),
            wasm -> {
              throw outcomes.removeFirst();
            },
            new ModuleCache.Storage(directory, KEY, 64 << 20, 64 << 20),
            module -> {});
    assertThrows(CompilerFailedException.class, () -> cache.compile(HELLO_SHA, HELLO));
    for (int i = 0; i < 3; i++) {
      ModuleRefused refused =
          assertThrows(ModuleRefused.class, () -> cache.compile(HELLO_SHA, HELLO));
      assertEquals("compile-cpu", refused.refusal().rule());
    }
    cache.close();
    assertThrows(CompilerFailedException.class, () -> cache.compile("00", HELLO));
  }

  @Test
  void classes_with_other_names_or_broken_ones_are_not_loaded() throws IOException {
    String name = ModuleCompiler.MAIN_CLASS + "Extra";
    byte[] harmless = classCalling(name, ModuleCompiler.CLASS_PREFIX, "x");
    assertEquals(
        ModuleCache.Origin.COMPILED,
        loadForged("java.lang.Foo", classCalling("java.lang.Foo", name, "x")).origin());
    assertEquals(
        ModuleCache.Origin.COMPILED,
        loadForged(ModuleCompiler.MAIN_CLASS + "Other", harmless).origin());
    assertEquals(
        ModuleCache.Origin.COMPILED,
        loadForged(name, Arrays.copyOf(harmless, harmless.length / 2)).origin());
    assertEquals(ModuleCache.Origin.COMPILED, loadForged(name, new byte[0]).origin());
  }

  @Test
  void an_import_of_another_type_is_refused_by_name() throws IOException {
    WasmBuilder module = new WasmBuilder();
    int function = module.wasi("fd_write", "iii>i");
    int start = module.function(">", "", new WasmCode().i32(0).i32(0).i32(0).call(function).drop());
    byte[] wasm = module.memory(1).export("_start", start).build();
    ModuleCache cache = open(64 << 20);
    ModuleRefused refused =
        assertThrows(ModuleRefused.class, () -> cache.compile(ModuleCache.sha256(wasm), wasm));
    assertTrue(refused.refusal().detail().contains("fd_write"), refused.refusal().detail());
  }

  @Test
  void a_function_too_large_for_a_method_that_cannot_be_split_is_refused_by_name()
      throws IOException {
    WasmCode code = new WasmCode().get(0); // one expression: something is always on the stack
    for (int i = 0; i < 18_000; i++) {
      code.load(0);
    }
    code.set(0);
    WasmBuilder module = new WasmBuilder();
    int start = module.function(">", "i", code);
    byte[] wasm = module.memory(1).export("_start", start).build();
    ModuleCache cache = open(64 << 20);
    ModuleRefused refused =
        assertThrows(ModuleRefused.class, () -> cache.compile(ModuleCache.sha256(wasm), wasm));
    assertEquals("function-too-large", refused.refusal().rule());
    assertTrue(refused.refusal().detail().contains("Function 0"), refused.refusal().detail());
  }

  @Test
  void a_loop_in_a_method_that_stays_too_large_is_named_and_so_it_is_when_it_comes_from_disk()
      throws IOException {
    byte[] wasm = SampleModules.slow("x");
    String sha256 = ModuleCache.sha256(wasm);
    List<Refusal> found = open(64 << 20).compile(sha256, wasm).module().slow();
    assertEquals(1, found.size(), found.toString());
    assertEquals("slow-function", found.getFirst().rule());
    assertTrue(found.getFirst().detail().startsWith("Function 1 has a loop in "), found.toString());
    ModuleCache.Hit again = open(64 << 20).compile(sha256, wasm);
    assertEquals(ModuleCache.Origin.DISK, again.origin());
    assertEquals(found, again.module().slow());
  }

  @Test
  void a_method_without_a_loop_that_stays_too_large_is_told_and_admitted() throws IOException {
    WasmCode code = new WasmCode().get(0); // one expression
    for (int i = 0; i < 3_000; i++) {
      code.load(0);
    }
    code.set(0);
    WasmBuilder module = new WasmBuilder();
    int start = module.function(">", "i", code);
    byte[] wasm = module.memory(1).export("_start", start).build();
    String sha256 = ModuleCache.sha256(wasm);
    LoadedModule made = open(64 << 20).compile(sha256, wasm).module();
    assertEquals(List.of(), made.slow());
    assertEquals(1, made.hints().size(), made.hints().toString());
    assertTrue(made.hints().getFirst().startsWith("Function 0 has "), made.hints().toString());
    ModuleCache.Hit again = open(64 << 20).compile(sha256, wasm);
    assertEquals(ModuleCache.Origin.DISK, again.origin());
    assertEquals(made.hints(), again.module().hints());
  }

  @Test
  void unsigned_sums_are_exact_or_minus_one() {
    for (int[] sum :
        List.of(
            new int[] {0, 0, 0},
            new int[] {5, 7, 12},
            new int[] {Integer.MAX_VALUE, 0, Integer.MAX_VALUE},
            new int[] {-1, 0, -1},
            new int[] {32, -16, -1},
            new int[] {-16, 32, -1},
            new int[] {Integer.MIN_VALUE, Integer.MIN_VALUE, -1})) {
      assertEquals(sum[2], Address.of(sum[0], sum[1]));
    }
    assertTrue(Address.of(Integer.MAX_VALUE, 1) < 0);
  }
}
