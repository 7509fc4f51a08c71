package dev.limpet.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.cli.Session;
import dev.limpet.cli.terminal.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The short way reads a server's command line as the command model does, or not at all. */
class PlainServerTest {
  private final Session session =
      new Session(
          new Terminal(
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream(),
              InputStream.nullInputStream(),
              Map.of()));

  private ServerLaunch model(String... words) {
    String[] options = Arrays.copyOfRange(words, 1, words.length);
    if (words[0].equals("node")) {
      NodeCommand node = new NodeCommand(session);
      new CommandLine(node).parseArgs(options);
      return node.launch();
    }
    GatewayCommand gateway = new GatewayCommand(session);
    new CommandLine(gateway).parseArgs(options);
    return gateway.launch();
  }

  static List<String> plain() {
    return List.of(
        "node",
        "gateway",
        "node --supervised --json --access-log=log",
        "gateway --tls-cert cert.pem --tls-key=key.pem --tls-listen 0.0.0.0:8443",
        "node --tls-cert cert.pem --tls-key=key.pem --tls-listen 0.0.0.0:8642",
        "gateway --json --public-calls --public-data --listen 127.0.0.1:0 --dir=data",
        "node --gateway http://127.0.0.1:8640 --name shed --dir ./data/shed --quota 20GiB",
        "node --max-memory=256MiB --max-cpus 2 --config node.conf --listen [::1]:9",
        "node --label a=b --label=c=d --allow-functions deployed,bafy --allow-functions x",
        "gateway --set listen=127.0.0.1:1 --set=dir=x --listen 127.0.0.1:2");
  }

  @ParameterizedTest
  @MethodSource("plain")
  void a_plain_line_is_read_as_the_model_reads_it(String line) {
    ServerLaunch read = PlainServer.read(line.split(" "));
    assertNotNull(read);
    assertEquals(sorted(model(line.split(" "))), sorted(read));
  }

  /** The order matters among those of {@code --set}, which come last. */
  private static ServerLaunch sorted(ServerLaunch launch) {
    List<String> settings = launch.settings().stream().sorted().toList();
    return new ServerLaunch(launch.config(), settings, launch.supervised(), launch.json());
  }

  @Test
  void settings_come_after_options_in_the_order_in_which_they_were_given() {
    ServerLaunch read =
        PlainServer.read("node", "--set", "name=b", "--name", "a", "--set", "name=c");
    assertNotNull(read);
    assertEquals(List.of("name=a", "name=b", "name=c"), read.settings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call f",
        "node --help",
        "node --nmae x",
        "node --name",
        "node --name a --name b",
        "node --json --json",
        "node --name --json",
        "node --name=",
        "node --config @file",
        "node @file",
        "node name",
        "node --allow-functions a,,b",
        "node --allow-functions a,",
        "node --public-calls",
        "gateway --name x",
        "gateway --public-calls=false",
        "gateway -- --json"
      })
  void what_is_not_plain_is_left_to_the_model(String line) {
    assertNull(PlainServer.read(line.split(" ")));
  }

  @Test
  void no_option_of_a_server_is_missing_on_the_short_way() {
    for (Object command : List.of(new NodeCommand(session), new GatewayCommand(session))) {
      CommandLine line = new CommandLine(command);
      for (OptionSpec option : line.getCommandSpec().options()) {
        if (!option.usageHelp() && !option.versionHelp()) {
          assertRead(line.getCommandName(), option);
        }
      }
    }
  }

  private void assertRead(String command, OptionSpec option) {
    List<String> words = new ArrayList<>(List.of(command, option.longestName()));
    if (option.arity().max() > 0) {
      words.add("value");
    }
    String[] all = words.toArray(String[]::new);
    ServerLaunch read = PlainServer.read(all);
    assertNotNull(read, option.longestName());
    assertEquals(model(all), read);
  }
}
