package dev.limpet.runtimes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes with the product is what its sources say. */
class ShippedModuleTest {
  private static final String SUMS = "SOURCES.sha256";

  /** What may change without a new module. */
  private static final Set<String> BESIDE = Set.of(SUMS, "README.md", "NOTICE", "cases");

  @ParameterizedTest
  @EnumSource
  void a_module_was_built_from_the_sources_beside_it(ShippedModule module) throws IOException {
    Map<String, String> said = new TreeMap<>();
    for (String line : Files.readAllLines(folder(module).resolve(SUMS))) {
      String[] parts = line.split(" [ *]", 2);
      said.put(parts[1], parts[0]);
    }
    assertEquals(said, sums(module));
  }

  @ParameterizedTest
  @EnumSource
  void what_a_build_carries_is_what_stands_beside_the_sources(ShippedModule module)
      throws IOException {
    Path file = folder(module).resolve(module.id() + ".wasm");
    assertArrayEquals(Files.readAllBytes(file), module.bytes());
    assertEquals(Optional.of(module), ShippedModule.named(module.id()));
  }

  @ParameterizedTest
  @EnumSource
  void the_gate_admits_it_as_it_admits_what_users_bring(ShippedModule module) {
    GateVerdict verdict = new ModuleGate(GateLimits.pure0()).inspect(module.bytes());
    assertInstanceOf(GateVerdict.Admitted.class, verdict);
  }

  @ParameterizedTest
  @EnumSource
  void it_says_whose_code_is_in_it(ShippedModule module) {
    assertTrue(module.notice().contains("Copyright"), module.notice());
  }

  private static Path folder(ShippedModule module) {
    return Path.of(module.id()).toAbsolutePath();
  }

  private static Map<String, String> sums(ShippedModule module) throws IOException {
    try (Stream<Path> files = Files.list(folder(module))) {
      return files
          .filter(file -> !BESIDE.contains(file.getFileName().toString()))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString(),
                  ShippedModuleTest::sha256,
                  (one, other) -> one,
                  TreeMap::new));
    }
  }

  private static String sha256(Path file) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
