package dev.limpet.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.cli.RecordingTerminal;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columns_are_as_wide_as_their_widest_cell() {
    RecordingTerminal terminal = new RecordingTerminal();
    new Table("NAME", "STATE")
        .row("shed", "ready")
        .row("greenhouse", "away")
        .print(terminal.terminal());
    assertEquals("NAME        STATE\nshed        ready\ngreenhouse  away\n", terminal.out());
  }

  @Test
  void a_name_cannot_break_the_row() {
    RecordingTerminal terminal = new RecordingTerminal();
    new Table("NAME").row("a\nb\u001b[1m").print(terminal.terminal());
    assertEquals("NAME\na b\\u001b[1m\n", terminal.out());
  }

  @Test
  void a_row_of_another_width_is_refused() {
    Table table = new Table("A", "B");
    assertThrows(IllegalArgumentException.class, () -> table.row("only one"));
  }
}
