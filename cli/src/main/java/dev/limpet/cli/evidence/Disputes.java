package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.Disagreement;
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

/** What the gateway found out about these receipts and their nodes that cannot be all right. */
final class Disputes {
  /** Disagreements of one folder; more are counted. */
  static final int MAX_SHOWN_DISPUTES = 64;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");

  private final ServerClient gateway;
  private final EvidenceFolder folder;
  private final List<Dispute> shown = new ArrayList<>();
  private final List<String> lacks = new ArrayList<>();
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
    try {
      for (JsonObject one : gateway.list("/v1/disagreements")) {
        take(one, new Concern(keys, executions, query));
      }
    } catch (CliException e) {
      lacks.add("disagreements: " + ReceiptFetch.unlessItEndsAll(e).detail());
    }
    return this;
  }

  /**
   * What makes a disagreement one of these.
   *
   * @param keys of nodes that have receipts of the folder
   * @param executions of the folder
   * @param query the work that it is about
   */
  private record Concern(Set<String> keys, Set<String> executions, ReceiptQuery query) {}

  private void take(JsonObject one, Concern concern) throws IOException {
    String id = one.text("id");
    if (!NAME.matcher(id).matches()) {
      lacks.add("a disagreement: the gateway gives it an id that is none");
      return;
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    try {
      if (!concerns(one, concern, files)) {
        return;
      }
      if (shown.size() == MAX_SHOWN_DISPUTES) {
        more++;
        return;
      }
      for (String name : names(one)) {
        file(id, name, files);
      }
    } catch (CliException e) {
      lacks.add("the disagreement " + id + ": " + ReceiptFetch.unlessItEndsAll(e).detail());
      return;
    }
    show(one, files);
  }

  /** Only what has to be read to know it is fetched here. */
  private boolean concerns(JsonObject one, Concern concern, Map<String, byte[]> files) {
    if (one.text("kind").equals(Disagreement.LOG)) {
      return one.texts("nodes").stream().anyMatch(concern.keys::contains);
    }
    return concern.executions.contains(one.text("id"))
        || names(one).stream()
            .filter(name -> name.endsWith(FolderCheck.RECEIPT))
            .anyMatch(name -> isAbout(file(one.text("id"), name, files), concern.query));
  }

  private static boolean isAbout(byte[] file, ReceiptQuery query) {
    try {
      return query.wants(Receipt.decode(ReceiptFile.parse(file).receipt().toBytes()));
    } catch (IllegalArgumentException e) {
      return false; // a node gave what is no receipt; the case says what it is about
    }
  }

  private static List<String> names(JsonObject one) {
    return one.texts("files").stream()
        .filter(name -> NAME.matcher(name).matches())
        .distinct()
        .limit(Disagreement.MAX_DISAGREEMENT_FILES)
        .toList();
  }

  private byte[] file(String id, String name, Map<String, byte[]> files) {
    byte[] there = files.get(name);
    if (there != null) {
      return there;
    }
    String target = "/v1/disagreements/" + Targets.segment(id) + "/" + Targets.segment(name);
    try (InputStream in = gateway.stream(gateway.request(target).GET().build()).body()) {
      byte[] file = ReceiptDownload.read(in);
      files.put(name, file);
      return file;
    } catch (IOException e) {
      throw ReceiptDownload.brokeOff(e);
    }
  }

  private void show(JsonObject one, Map<String, byte[]> files) throws IOException {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = FolderCheck.DISAGREEMENTS + one.text("id") + "/" + file.getKey();
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

  /** Sentences about what could not be had. */
  List<String> lacks() {
    return lacks;
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
