package dev.limpet.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What {@code fuel-v1.txt} says of each case: how it ends, its fuel, the hash of its answer. */
final class FuelVectors {

  private FuelVectors() {}

  /** All lines, in the order of functions and cases. */
  static List<String> all() {
    try (InputStream in = FuelVectors.class.getResourceAsStream("fuel-v1.txt")) {
      byte[] text = Objects.requireNonNull(in, "fuel-v1.txt").readAllBytes();
      return new String(text, UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of one case. */
  static Optional<String> of(ExampleCase example) {
    return all().stream().filter(line -> line.startsWith(example + " ")).findFirst();
  }

  /** In a line. */
  static long fuel(String line) {
    return Long.parseLong(line.split(" ", -1)[2]);
  }
}
