package dev.limpet.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A module that is older than its source is found. */
final class SourcesTest {

  static List<ExampleFunction> functions() {
    return ExampleFunction.all();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void the_module_was_built_from_the_sources_beside_it(ExampleFunction function) {
    assertEquals(List.of(), Sources.differences(function.folder()));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void nobody_but_build_writes_the_sums(ExampleFunction function) throws IOException {
    String build = Files.readString(function.folder().resolve("build.sh"));
    assertEquals(2, build.split(Sources.SUMS, -1).length, "build.sh writes " + Sources.SUMS);
  }

  @Test
  void one_changed_byte_one_new_and_one_lost_file_are_told(@TempDir Path folder)
      throws IOException {
    Path hello = ExampleFunction.root().resolve("hello");
    for (String name : List.of("hello.c", "hello.wasm", "build.sh", Sources.SUMS)) {
      Files.copy(hello.resolve(name), folder.resolve(name));
    }
    assertEquals(List.of(), Sources.differences(folder));

    byte[] source = Files.readAllBytes(folder.resolve("hello.c"));
    source[source.length / 2] ^= 1;
    Files.write(folder.resolve("hello.c"), source);
    Files.writeString(folder.resolve("more.c"), "int more;\n");
    Files.delete(folder.resolve("hello.wasm"));
    List<String> found = Sources.differences(folder);
    assertEquals(3, found.size(), found.toString());
    assertFalse(found.contains("build.sh"));
  }
}
