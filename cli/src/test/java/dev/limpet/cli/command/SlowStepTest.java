package dev.limpet.cli.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.RecordingTerminal;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a person reads of a step that takes long. */
@Timeout(60)
class SlowStepTest {
  private final RecordingTerminal person =
      new RecordingTerminal(Map.of("LIMPET_STDERR_TTY", "1", "TERM", "xterm"));

  @Test
  void a_step_that_takes_long_is_named_while_it_runs() throws IOException {
    new SlowStep(person.terminal(), Duration.ZERO)
        .run("it compiles", () -> await().until(() -> !person.err().isEmpty()));
    assertEquals("limpet: it compiles\n", person.err());
  }

  @Test
  void a_short_step_is_not_named() throws IOException {
    AtomicBoolean ran = new AtomicBoolean();
    new SlowStep(person.terminal(), Duration.ofHours(1)).run("it compiles", () -> ran.set(true));
    assertEquals("", person.err());
    assertTrue(ran.get());
  }

  @Test
  void no_script_reads_of_a_step_that_takes_long_enough_for_a_person_to_read_of_it()
      throws IOException {
    RecordingTerminal script = new RecordingTerminal();
    new SlowStep(script.terminal(), Duration.ZERO)
        .run("it compiles", this::a_step_that_takes_long_is_named_while_it_runs);
    assertEquals("", script.err());
  }
}
