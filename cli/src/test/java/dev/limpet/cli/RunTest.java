package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.wasmgate.SampleModules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet run}: functions in this process, with no server anywhere. */
class RunTest {
  /** What {@code limpet add} says of a file with "hello\n". */
  private static final String HELLO = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";

  @TempDir private Path directory = Path.of("");

  private RecordingTerminal terminal = new RecordingTerminal();

  private int run(byte[] module, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("run", module("f.wasm", module).toString()));
    all.addAll(List.of(arguments));
    return terminal.run(all.toArray(String[]::new));
  }

  private Path module(String name, byte[] module) throws IOException {
    return Files.write(directory.resolve(name), module);
  }

  @Test
  void the_answer_and_only_it_is_on_standard_output() throws IOException {
    assertEquals(0, run(SampleModules.writes("one\n")), terminal.err());
    assertEquals("one\n", terminal.out());
    assertEquals("", terminal.err());
  }

  @Test
  void what_may_run_slowly_runs_only_where_the_manifest_allows_it() throws IOException {
    assertEquals(4, run(SampleModules.slow("slowly\n")), terminal.out());
    assertTrue(terminal.err().contains("[gate-refused]"), terminal.err());
    assertEquals("", terminal.out());
    Path manifest = directory.resolve("limpet.json");
    Files.writeString(manifest, "{\"v\": 1, \"module\": \"f.wasm\", \"allow-slow\": true}");
    terminal = new RecordingTerminal();
    assertEquals(0, terminal.run("run", manifest.toString()), terminal.err());
    assertEquals("slowly\n", terminal.out());
  }

  @Test
  void arguments_follow_the_dashes() throws IOException {
    assertEquals(0, run(SampleModules.printsArguments(), "--", "a b", "--c"), terminal.err());
    assertTrue(terminal.out().startsWith("function\0a b\0--c\0"), terminal.out());
  }

  @Test
  void a_body_from_a_file_or_standard_input_comes_back_from_an_echo() throws IOException {
    Path body = Files.writeString(directory.resolve("body"), "from a file");
    assertEquals(0, run(SampleModules.echo(), "--body", body.toString()), terminal.err());
    assertEquals("from a file", terminal.out());
    terminal = new RecordingTerminal(Map.of(), "typed".getBytes(StandardCharsets.UTF_8));
    assertEquals(0, run(SampleModules.echo(), "--body", "-"), terminal.err());
    assertEquals("typed", terminal.out());
  }

  @Test
  void data_has_the_cid_that_add_gives_it() throws IOException {
    Path file = Files.writeString(directory.resolve("x.txt"), "hello\n");
    int exit = run(SampleModules.printsEnvironment(), "--data", file.toString());
    assertEquals(0, exit, terminal.err());
    assertTrue(terminal.out().contains("LIMPET_DATA=" + HELLO + "\0"), terminal.out());
  }

  @Test
  void a_link_that_leads_out_of_the_data_is_not_followed() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "not yours");
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Files.writeString(folder.resolve("own"), "yours");
    Files.createSymbolicLink(folder.resolve("absolute"), secret);
    Files.createSymbolicLink(folder.resolve("climbing"), Path.of("../secret"));
    assertEquals(0, run(SampleModules.copiesFile("own"), "--data", folder.toString()));
    assertEquals("yours", terminal.out());

    String before = dataCid(folder);
    Files.writeString(secret, "changed");
    assertEquals(before, dataCid(folder), "the DAG has the links, not what they point to");
    Files.writeString(folder.resolve("own"), "changed");
    assertNotEquals(before, dataCid(folder));
  }

  private String dataCid(Path folder) throws IOException {
    terminal = new RecordingTerminal();
    run(SampleModules.printsEnvironment(), "--data", folder.toString());
    return terminal.out();
  }

  @Test
  void a_function_that_exits_with_3_ends_the_command_with_1_and_the_number_is_named()
      throws IOException {
    assertEquals(1, run(SampleModules.exitsWith(3)));
    assertTrue(terminal.err().contains("exited with code 3 [guest-failed]"), terminal.err());
  }

  @Test
  void a_function_that_refuses_its_arguments_ends_the_command_with_2() throws IOException {
    assertEquals(2, run(SampleModules.exitsWith(64)));
    assertTrue(terminal.err().contains("[bad-arguments]"), terminal.err());
  }

  @Test
  void what_the_gate_refuses_is_exit_code_4_and_what_is_not_there_2_or_5() throws IOException {
    assertEquals(4, run(new byte[] {0, 1, 2}));
    assertTrue(terminal.err().contains("[gate-refused]"), terminal.err());
    assertEquals(2, terminal.run("run", directory.resolve("no.wasm").toString()));
    String nothing = directory.resolve("nothing").toString();
    assertEquals(5, run(SampleModules.hello(), "--data", nothing));
  }

  @Test
  void a_function_out_of_fuel_is_exit_code_1_and_shows_what_it_used() throws IOException {
    assertEquals(1, run(SampleModules.loopsForever(), "--fuel", "100000"));
    assertTrue(terminal.err().contains("[out-of-fuel]"), terminal.err());
    assertTrue(terminal.err().contains("fuel      100,0"), terminal.err());
  }

  @Test
  void a_function_that_runs_longer_than_its_time_is_exit_code_6() throws IOException {
    assertEquals(6, run(SampleModules.loopsForever(), "--time", "50ms"));
    assertTrue(terminal.err().contains("[out-of-time]"), terminal.err());
  }

  @Test
  void the_usage_for_a_script_has_the_exit_code_of_the_function() throws IOException {
    for (int code : new int[] {0, 3, 64, 255}) {
      terminal = new RecordingTerminal();
      run(SampleModules.exitsWith(code), "--json");
      JsonObject usage = JsonObject.parse(terminal.err().lines().findFirst().orElseThrow());
      assertEquals(code, usage.number("exitCode"), terminal.err());
    }
    terminal = new RecordingTerminal();
    run(SampleModules.loopsForever(), "--json", "--time", "50ms");
    assertFalse(terminal.err().contains("exitCode"), terminal.err());
  }

  @Test
  void two_runs_of_the_same_have_the_same_task_clock_and_random_bytes() throws IOException {
    assertEquals(0, run(SampleModules.printsClockAndRandom(), "--json"), terminal.err());
    RecordingTerminal first = terminal;
    terminal = new RecordingTerminal();
    assertEquals(0, run(SampleModules.printsClockAndRandom(), "--json"), terminal.err());
    assertEquals(first.out(), terminal.out());
    JsonObject one = JsonObject.parse(first.err());
    JsonObject two = JsonObject.parse(terminal.err());
    assertTrue(one.text("task").startsWith("bafy"), first.err());
    assertEquals(one.text("task"), two.text("task"));
    assertEquals(one.number("fuel"), two.number("fuel"));
    terminal = new RecordingTerminal();
    run(SampleModules.printsClockAndRandom(), "--json", "--", "other");
    assertFalse(one.text("task").equals(JsonObject.parse(terminal.err()).text("task")));
  }

  @Test
  void a_manifest_sets_arguments_and_limits() throws IOException {
    module("g.wasm", SampleModules.printsArguments());
    Path manifest = directory.resolve("limpet.json");
    Files.writeString(manifest, "{\"v\":1,\"module\":\"g.wasm\",\"args\":[\"own\"]}");
    assertEquals(0, terminal.run("run", manifest.toString(), "--", "mine"), terminal.err());
    assertTrue(terminal.out().startsWith("function\0own\0mine\0"), terminal.out());
  }

  @Test
  void a_closed_pipe_is_silent() throws IOException {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    String module = module("f.wasm", SampleModules.writesBytes(1 << 20)).toString();
    var err = new ByteArrayOutputStream();
    var broken = new Terminal(closed, err, InputStream.nullInputStream(), Map.of());
    assertEquals(0, Main.run(broken, "run", module));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void nothing_is_left_in_the_temporary_folder() throws IOException {
    Set<Path> before = scratchFolders();
    run(SampleModules.hello());
    run(SampleModules.traps());
    Set<Path> left = scratchFolders();
    left.removeAll(before);
    // Commands of other tests beside this one have theirs until they end.
    await().until(() -> left.stream().noneMatch(Files::exists));
  }

  /** What Scratch makes. */
  private static Set<Path> scratchFolders() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(f -> f.getFileName().toString().matches("limpet-[0-9]+"))
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  private int runHttp(byte[] module, String... arguments) throws IOException {
    module("f.wasm", module);
    Path manifest =
        Files.writeString(
            directory.resolve("limpet.json"),
            """
            {"v": 1, "module": "f.wasm", "abi": "http", "headers": ["accept-language"]}
            """);
    List<String> all = new ArrayList<>(List.of("run", manifest.toString()));
    all.addAll(List.of(arguments));
    return terminal.run(all.toArray(String[]::new));
  }

  @Test
  void an_http_function_sees_the_request_that_was_typed() throws IOException {
    int exit =
        runHttp(
            SampleModules.answersEnvironment(),
            "--method=PUT",
            "--path=/a b",
            "--query=x=1&y",
            "--header=Accept-Language: de",
            "--header=content-type:text/csv");
    assertEquals(0, exit, terminal.err());
    for (String variable :
        List.of(
            "REQUEST_METHOD=PUT",
            "PATH_INFO=/a b",
            "QUERY_STRING=x=1&y",
            "HTTP_ACCEPT_LANGUAGE=de",
            "CONTENT_TYPE=text/csv")) {
      assertTrue(terminal.out().contains(variable), variable + " in " + terminal.out());
    }
  }

  @Test
  void status_and_headers_of_an_http_function_are_shown_when_asked_for() throws IOException {
    byte[] module =
        SampleModules.writes("Status: 404 No\nContent-Type: text/html\nX-A: b\n\n<p>no\n");
    assertEquals(0, runHttp(module, "-i"), terminal.err());
    assertEquals("<p>no\n", terminal.out());
    assertEquals("HTTP 404\nContent-Type: text/html\nX-A: b\n", terminal.err());
  }

  @Test
  void what_no_function_sees_is_wrong_usage() throws IOException {
    byte[] module = SampleModules.hello();
    assertEquals(2, runHttp(module, "--method=HEAD"), terminal.err());
    assertEquals(2, runHttp(module, "--header=Cookie: a=b"), terminal.err());
    assertTrue(terminal.err().contains("ever sees the header cookie"), terminal.err());
    assertEquals(2, runHttp(module, "--header=Accept: text/csv"), terminal.err());
    assertTrue(terminal.err().contains("list it among"), terminal.err());
    assertEquals(2, runHttp(module, "--path=a"), terminal.err());
  }

  @Test
  void a_body_from_a_pipe_is_read_to_its_end() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process writer =
        new ProcessBuilder("sh", "-c", "printf 'through a pipe' > \"$0\"", pipe.toString()).start();
    try {
      assertEquals(0, run(SampleModules.echo(), "--body", pipe.toString()), terminal.err());
      assertEquals("through a pipe", terminal.out());
      assertEquals(0, writer.waitFor());
    } finally {
      writer.destroyForcibly();
    }
  }
}
