package dev.limpet.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** A short table: a heading, rows, columns as wide as their widest cell, two spaces between. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param headings one per column, in capitals
   */
  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(Object... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + rows.getFirst());
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(Escape.controls(String.valueOf(cell)).replace('\n', ' '));
    }
    rows.add(row);
    return this;
  }

  /** Prints heading and rows on standard output. */
  public void print(Terminal terminal) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      terminal.line(line(row, widths));
    }
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i));
      if (i < widths.length - 1) {
        line.repeat(' ', widths[i] - row.get(i).length() + 2);
      }
    }
    return line.toString();
  }
}
