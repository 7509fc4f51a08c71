package dev.limpet.cli.command;

import dev.limpet.cli.terminal.Escape;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.receipt.ReceiptComparison;
import dev.limpet.protocol.receipt.ReceiptComparison.Line;
import dev.limpet.protocol.receipt.ReceiptComparison.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison of receipts, for people and for programs. */
final class ComparedReceipts {
  private ComparedReceipts() {}

  /** Says it on standard error when there is something to say. */
  static void note(Terminal terminal, String note) {
    if (!note.isEmpty()) {
      terminal.note(note);
    }
  }

  static void print(Terminal terminal, ReceiptComparison comparison) {
    comparison.lines().forEach(line -> print(terminal, line));
  }

  static void print(Terminal terminal, Line line) {
    String word =
        switch (line.verdict()) {
          case SAME -> "same";
          case DIFFERS -> "DIFFERS";
          case ASIDE -> "aside";
        };
    String first = Escape.oneLine(line.first());
    String said =
        line.verdict() == Verdict.SAME ? first : first + "  |  " + Escape.oneLine(line.second());
    terminal.line(String.format("%-7s %-10s %s", word, line.what(), said));
  }

  static Map<String, Object> json(ReceiptComparison comparison) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Line line : comparison.lines()) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("what", line.what());
      said.put("verdict", line.verdict().name().toLowerCase(Locale.ROOT));
      said.put("first", line.first());
      said.put("second", line.second());
      lines.add(said);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("agrees", comparison.agrees());
    json.put("lines", lines);
    return json;
  }
}
