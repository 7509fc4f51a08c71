package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.compiler.BuiltCode;
import dev.limpet.wasmhost.compiler.TrustedCode;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileTest {
  private static final byte[] HELLO = SampleModules.hello();

  @TempDir Path dir = Path.of("");

  private final RecordingTerminal terminal = new RecordingTerminal(Map.of());

  @BeforeEach
  void write() throws IOException {
    Files.write(dir.resolve("hello.wasm"), HELLO);
    Files.createDirectory(dir.resolve("trusted-code"));
  }

  private int compile(String module, String to, String... more) {
    String[] first = {
      "compile",
      dir.resolve(module).toString(),
      "--export",
      dir.resolve(to).toString(),
      "--key",
      dir.resolve("keys").resolve("builder.key").toString()
    };
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return terminal.run(all);
  }

  @Test
  void a_node_that_trusts_the_builder_takes_what_was_written_into_its_folder() throws IOException {
    assertEquals(0, compile("hello.wasm", "trusted-code", "--json"), terminal.err());
    JsonObject told = JsonObject.parse(terminal.out());
    assertEquals(ModuleCache.sha256(HELLO), told.text("sha256"));
    PeerId builder = PeerId.parse(told.text("builder"));
    BuiltCode code =
        new BuiltCode(
            new TrustedCode(
                dir.resolve("trusted-code"),
                (message, signature) ->
                    NodeIdentity.verify(builder, message, signature) ? "it" : null),
            wasm -> {
              throw new CompilerFailedException("nothing is to be compiled");
            },
            new CompileCounts());
    assertArrayEquals(
        Compiler.inThisProcess().compile(HELLO).encode(), code.compile(HELLO).encode());
  }

  @Test
  void the_key_is_made_once_and_for_its_owner_alone() throws IOException {
    assertEquals(0, compile("hello.wasm", "a.code"), terminal.err());
    String key = Files.readString(dir.resolve("keys").resolve("builder.key"));
    assertEquals(0, compile("hello.wasm", "b.code"), terminal.err());
    assertEquals(key, Files.readString(dir.resolve("keys").resolve("builder.key")));
    assertTrue(terminal.out().contains("builder " + key.lines().findFirst().orElseThrow()));
    assertArrayEquals(
        Files.readAllBytes(dir.resolve("a.code")), Files.readAllBytes(dir.resolve("b.code")));
  }

  @Test
  void what_is_no_module_or_cannot_be_written_is_refused() throws IOException {
    Files.writeString(dir.resolve("text.wasm"), "text");
    assertEquals(4, compile("text.wasm", "a.code"), terminal.err());
    assertEquals(4, compile("hello.wasm", "absent/a.code"), terminal.err());
    assertTrue(terminal.err().contains("[not-written]"), terminal.err());
    assertEquals(2, compile("absent.wasm", "a.code"), terminal.err());
    assertEquals(2, terminal.run("compile", dir.resolve("hello.wasm").toString()));
  }
}
