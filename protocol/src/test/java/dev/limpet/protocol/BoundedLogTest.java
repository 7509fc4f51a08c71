package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedLogTest {
  private final KeptLines lines = new KeptLines();
  private long now = 7;
  private final BoundedLog log = new BoundedLog(lines, () -> now);

  private void say(int times) {
    for (int i = 0; i < times; i++) {
      log.say(Level.INFO, "{0} %s " + i, null);
    }
  }

  @Test
  void a_minute_has_some_lines_and_the_next_one_counts_the_rest() {
    say(BoundedLog.MAX_LINES_A_MINUTE + 5);
    assertEquals(BoundedLog.MAX_LINES_A_MINUTE, lines.said().size());
    assertEquals("INFO {0} %s 0", lines.said().getFirst());
    now += Duration.ofMinutes(1).toNanos() - 1;
    say(1);
    assertEquals(BoundedLog.MAX_LINES_A_MINUTE, lines.said().size());
    now++;
    say(2);
    assertEquals(
        List.of("INFO {0} %s 0 (and before it 6 that were left out)", "INFO {0} %s 1"),
        lines.said().subList(BoundedLog.MAX_LINES_A_MINUTE, lines.said().size()));
  }

  @Test
  void a_minute_in_which_all_had_room_leaves_nothing_to_tell() {
    say(3);
    now += Duration.ofMinutes(2).toNanos();
    say(1);
    assertEquals("INFO {0} %s 0", lines.said().getLast());
  }
}
