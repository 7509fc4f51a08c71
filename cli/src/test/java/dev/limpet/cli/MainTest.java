package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.command.LimpetCommand;
import dev.limpet.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  /** Where no server is, and none of a test beside this one begins. */
  static final String NOBODY = "http://127.0.0.1:1";

  private final RecordingTerminal terminal = new RecordingTerminal();

  @Test
  void an_unknown_command_is_one_line_that_names_a_near_one_and_exit_code_2() {
    assertEquals(2, terminal.run("chekc"));
    assertEquals("", terminal.out());
    assertEquals(1, terminal.err().lines().count(), terminal.err());
    assertTrue(terminal.err().contains("check"), terminal.err());
  }

  @Test
  void an_unknown_option_is_exit_code_2_and_points_at_help() {
    assertEquals(2, terminal.run("call", "--colour", "f"));
    assertTrue(terminal.err().contains("limpet call --help"), terminal.err());
  }

  @Test
  void no_gateway_is_exit_code_3_and_says_what_to_start() {
    assertEquals(3, terminal.run("nodes", "list", "--gateway", NOBODY));
    assertTrue(terminal.err().contains("limpet up"), terminal.err());
    assertEquals("", terminal.out());
  }

  @Test
  void with_json_an_error_is_an_object_on_standard_output_too() {
    assertEquals(3, terminal.run("nodes", "list", "--json", "--gateway", NOBODY));
    JsonObject error = JsonObject.parse(terminal.out());
    assertEquals("unreachable", error.text("code"));
    assertTrue(error.text("detail").contains(NOBODY), error.text("detail"));
    assertTrue(error.fields().keySet().containsAll(List.of("code", "title", "detail", "status")));
  }

  @Test
  void every_command_has_help_with_an_example() {
    CommandLine root =
        new CommandLine(LimpetCommand.class, new CommandFactory(new Session(terminal.terminal())));
    List<String> without = new ArrayList<>();
    collectWithoutExample(root, without);
    assertEquals(List.of(), without);
  }

  private static void collectWithoutExample(CommandLine command, List<String> without) {
    for (CommandLine each : command.getSubcommands().values()) {
      String name = each.getCommandSpec().qualifiedName();
      if (!name.endsWith("help") && !each.getUsageMessage().contains("Example")) {
        without.add(name);
      }
      collectWithoutExample(each, without);
    }
  }

  @Test
  void help_goes_to_standard_output_and_is_no_error() {
    assertEquals(0, terminal.run("call", "--help"));
    assertTrue(terminal.out().contains("--max-fetch"), terminal.out());
    assertEquals("", terminal.err());
  }

  @Test
  void a_closed_pipe_is_silent() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    var err = new ByteArrayOutputStream();
    var broken = new Terminal(closed, err, InputStream.nullInputStream(), Map.of());
    assertEquals(0, Main.run(broken, "--help"));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }
}
