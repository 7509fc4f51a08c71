package dev.limpet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet call} of a function that its node still compiles. */
@Timeout(60)
class CompilingCallTest {
  private static final String WHY = "node shed has been compiling it for 60 s and goes on";
  private static final String COMPILING =
      "{\"type\":\"urn:limpet:error:compiling\",\"title\":\"t\",\"status\":503,"
          + "\"code\":\"compiling\",\"detail\":\""
          + WHY
          + "\",\"retryAfterMs\":1}";

  private final List<String> bodies = new CopyOnWriteArrayList<>();

  /** Calls when the node has compiled the function after so many calls. */
  private int call(RecordingTerminal terminal, int compiledAfter, String... arguments) {
    WireServer.Script script =
        exchange -> {
          bodies.add(exchange.bodyText());
          if (bodies.size() <= compiledAfter) {
            exchange.answer(
                503,
                COMPILING,
                "Content-Type: application/problem+json",
                "Limpet-Error: compiling",
                "Retry-After: 1");
          } else {
            exchange.answer(200, "42\n");
          }
        };
    try (WireServer gateway = WireServer.start(script)) {
      List<String> all = new ArrayList<>(List.of("call", "--gateway=" + gateway.url(), "f"));
      all.addAll(List.of(arguments));
      return terminal.run(all.toArray(String[]::new));
    }
  }

  @Test
  void it_is_called_again_until_it_is_ready_and_one_line_says_so() {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(0, call(terminal, 3), terminal.err());
    assertEquals("42\n", terminal.out());
    assertEquals("limpet: " + WHY + "; calling again until it is ready\n", terminal.err());
    assertEquals(4, bodies.size());
  }

  @Test
  void a_file_is_sent_again_and_standard_input_is_not(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("body"), "x=1");
    assertEquals(0, call(new RecordingTerminal(), 1, "--body", file.toString()));
    assertEquals(List.of("x=1", "x=1"), bodies);
    bodies.clear();
    RecordingTerminal piped = new RecordingTerminal(Map.of(), "x=2".getBytes(UTF_8));
    assertEquals(6, call(piped, 1, "--body", "-"));
    assertEquals("limpet: " + WHY + " [compiling]\n", piped.err());
    assertEquals(List.of("x=2"), bodies);
  }

  @Test
  void who_gives_it_a_time_of_its_own_is_told_and_not_kept_waiting() {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(6, call(terminal, 1, "--timeout", "1s"));
    assertEquals("limpet: " + WHY + " [compiling]\n", terminal.err());
    assertEquals(1, bodies.size());
  }
}
