package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.LineReader;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.protocol.receipt.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who got the answers that the receipts of a folder are about: first as far as the gateway
 * remembers, then as its access log says it, which has remote addresses, too.
 */
final class Calls {
  /** Calls that are named; what is more is counted. */
  static final int MAX_NAMED_CALLS = 20_000;

  private final Set<String> receipts;
  private final Map<String, String> receiptOf = new HashMap<>();
  private final Map<String, Call> named = new TreeMap<>();
  private long unnamed;

  /**
   * A call.
   *
   * @param receipt the CID of the receipt that its answer named
   * @param time when it came or began
   * @param who the kind of the token
   * @param remote the address, or empty
   * @param execution its id
   * @param source who says so
   */
  record Call(
      String receipt, String time, String who, String remote, String execution, String source) {}

  /** Calls that got an answer of one of these. */
  Calls(List<Row> rows) {
    this.receipts = rows.stream().map(row -> row.cid().toString()).collect(Collectors.toSet());
    for (Row row : rows) {
      Receipt receipt = row.receipt();
      if (receipt != null) {
        receiptOf.put(receipt.ran().execution().text(), row.cid().toString());
      }
    }
  }

  /** Takes what the gateway remembers, about an hour. */
  void remembered(ServerClient gateway, Subject subject) {
    String query = subject.original() == null ? subject.query().toQuery() : "";
    for (JsonObject one : gateway.list("/v1/executions?limit=200" + query)) {
      take(one, one.text("startedAt"), one.text("caller"), one.text("id"), "gateway");
    }
  }

  /**
   * Takes the lines of an access log that are about these.
   *
   * @throws CliException (wrong usage) when it cannot be read
   */
  void logged(Path file) {
    String name = String.valueOf(file.getFileName());
    try (LineReader lines = new LineReader(Files.newInputStream(file))) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        JsonObject one = line.contains("\"execution\"") ? parsed(line) : null;
        if (one != null) {
          take(one, one.text("time"), one.text("who"), one.text("execution"), name);
        }
      }
    } catch (IOException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  private static @Nullable JsonObject parsed(String line) {
    try {
      return JsonObject.parse(line);
    } catch (IllegalArgumentException e) {
      return null; // a line that was cut when the gateway was killed
    }
  }

  private void take(JsonObject one, String time, String who, String execution, String source) {
    String said = one.text("receipt");
    String receipt = receipts.contains(said) ? said : receiptOf.get(execution);
    if (receipt == null || who.isEmpty()) {
      return;
    }
    String remote = one.text("remote");
    // The log knows more of a call than the gateway remembers; hits there name the first call.
    String key = remote.isEmpty() ? execution : execution + " " + time + " " + remote;
    if (!remote.isEmpty()) {
      named.remove(execution);
    }
    if (named.size() >= MAX_NAMED_CALLS && !named.containsKey(key)) {
      unnamed++;
    } else {
      named.put(key, new Call(receipt, time, who, remote, execution, source));
    }
  }

  /** Calls by the receipt of their answer. */
  Map<String, List<Call>> byReceipt() {
    Map<String, List<Call>> all = new HashMap<>();
    named
        .values()
        .forEach(call -> all.computeIfAbsent(call.receipt, _ -> new ArrayList<>()).add(call));
    return all;
  }

  /** Calls that found no room. */
  long unnamed() {
    return unnamed;
  }
}
