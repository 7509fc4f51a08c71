package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tests of the WebAssembly specification, versions 1 and 2 without SIMD, in compiled code with
 * meters, as usual, whole and split, and in the engine's interpreter, each with the memory and
 * tables of guests. What comes of them is written down in {@code specification-….txt} beside this
 * class: how many pass, what is not run because the gate refuses it, and every difference; of
 * compiled code, whatever its form, the same fuel, ends and memories. Any other outcome is red, a
 * better one too: then the file is to be mended.
 *
 * <p>{@code .ci/spectest} fetches the tests and prints the folder that {@code LIMPET_SPECTEST} must
 * name.
 */
@Tag("nightly")
final class SpecificationTest {

  /** Scripts nest calls until the depth limit, which in the JVM's interpreter takes much stack. */
  private static final long STACK_BYTES = 64L << 20;

  @ParameterizedTest
  @CsvSource({
    "v1, COMPILED",
    "v1, WHOLE",
    "v1, SPLIT",
    "v1, LASTING",
    "v1, INTERPRETED",
    "v2, COMPILED",
    "v2, WHOLE",
    "v2, SPLIT",
    "v2, LASTING",
    "v2, INTERPRETED"
  })
  void scripts_of_the_specification_do_what_is_written_down(String version, SpecEngine engine)
      throws Exception {
    Path tests = tests();
    byte[] host = Files.readAllBytes(tests.resolve("testdata/spectest.wasm"));
    SpecRun run = new SpecRun(engine, host);
    FutureTask<String> summary =
        new FutureTask<>(() -> all(run, tests.resolve(version).resolve("testdata")));
    new Thread(null, summary, "specification", STACK_BYTES).start();
    SpecEngine alike = engine == SpecEngine.INTERPRETED ? engine : SpecEngine.COMPILED;
    assertEquals(written(version + "-" + alike.name().toLowerCase(Locale.ROOT)), summary.get());
  }

  private static Path tests() {
    String folder = System.getenv("LIMPET_SPECTEST");
    assertNotNull(folder, "set LIMPET_SPECTEST to the folder that .ci/spectest prints");
    return Path.of(folder);
  }

  private static String all(SpecRun run, Path folder) throws IOException {
    List<Path> scripts;
    try (Stream<Path> files = Files.list(folder)) {
      scripts = files.filter(SpecificationTest::isScript).sorted().toList();
    }
    for (Path script : scripts) {
      run.script(script);
    }
    return run.summary();
  }

  private static boolean isScript(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".json") && !name.startsWith("simd_");
  }

  private static String written(String name) throws IOException {
    String resource = "specification-" + name + ".txt";
    try (InputStream in = SpecificationTest.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
