package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.Disagreement;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the gateway found out about these receipts and their nodes that cannot be all right. */
final class Disputes {
  /** Disagreements of one folder; more are counted. */
  static final int MAX_SHOWN_DISPUTES = 64;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");

  private final ServerClient gateway;
  private final EvidenceFolder folder;
  private final List<Dispute> shown = new ArrayList<>();
  private int more;

  /**
   * One of them.
   *
   * @param kind answers or log
   * @param at when it was found out
   * @param says what is the matter
   * @param nodes whose
   * @param files their names in the folder
   */
  record Dispute(String kind, String at, String says, List<String> nodes, List<String> files) {}

  Disputes(ServerClient gateway, EvidenceFolder folder) {
    this.gateway = gateway;
    this.folder = folder;
  }

  /**
   * Takes those that are about these receipts, the work of the subject, or nodes that have some.
   */
  Disputes about(List<Row> rows, ReceiptQuery query) throws IOException {
    Set<String> keys = new HashSet<>();
    Set<String> executions = new HashSet<>();
    for (Row row : rows) {
      Receipt receipt = row.receipt();
      if (receipt != null) {
        keys.add(receipt.ran().node().toString());
        executions.add(receipt.ran().execution().text());
      }
    }
    for (JsonObject one : gateway.list("/v1/disagreements")) {
      Map<String, byte[]> files =
          one.text("kind").equals(Disagreement.LOG)
              ? logFiles(one, keys)
              : answerFiles(one, executions, query);
      if (files != null) {
        take(one, files);
      }
    }
    return this;
  }

  private @Nullable Map<String, byte[]> logFiles(JsonObject one, Set<String> keys) {
    return one.texts("nodes").stream().anyMatch(keys::contains) ? files(one) : null;
  }

  private @Nullable Map<String, byte[]> answerFiles(
      JsonObject one, Set<String> executions, ReceiptQuery query) {
    Map<String, byte[]> files = files(one);
    boolean concerned = executions.contains(one.text("id"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      concerned |= file.getKey().endsWith(".receipt") && isAbout(file.getValue(), query);
    }
    return concerned ? files : null;
  }

  private static boolean isAbout(byte[] file, ReceiptQuery query) {
    try {
      return query.wants(Receipt.decode(ReceiptFile.parse(file).receipt().toBytes()));
    } catch (IllegalArgumentException e) {
      return false; // a node gave what is no receipt; the case says what it is about
    }
  }

  private Map<String, byte[]> files(JsonObject one) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : one.texts("files")) {
      if (NAME.matcher(name).matches() && files.size() < Disagreement.MAX_DISAGREEMENT_FILES) {
        files.put(name, file(one.text("id"), name));
      }
    }
    return files;
  }

  private byte[] file(String id, String name) {
    String target = "/v1/disagreements/" + Targets.segment(id) + "/" + Targets.segment(name);
    try (InputStream in = gateway.stream(gateway.request(target).GET().build()).body()) {
      return ReceiptDownload.read(in);
    } catch (IOException e) {
      throw ReceiptDownload.brokeOff(e);
    }
  }

  private void take(JsonObject one, Map<String, byte[]> files) throws IOException {
    String id = one.text("id");
    if (!NAME.matcher(id).matches()) {
      throw new CliException(ErrorCode.UNREACHABLE, "a disagreement has an id that is none");
    }
    if (shown.size() == MAX_SHOWN_DISPUTES) {
      more++;
      return;
    }
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = "disagreements/" + id + "/" + file.getKey();
      folder.write(name, file.getValue());
      names.add(name);
    }
    shown.add(
        new Dispute(one.text("kind"), one.text("at"), one.text("says"), one.texts("nodes"), names));
  }

  /** Those of the folder. */
  List<Dispute> shown() {
    return shown;
  }

  /** How many more there are. */
  int more() {
    return more;
  }

  /** How many there are together. */
  int count() {
    return shown.size() + more;
  }
}
