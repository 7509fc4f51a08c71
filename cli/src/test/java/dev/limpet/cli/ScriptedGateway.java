package dev.limpet.cli;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.tlog.TlogProof;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The lists and files of receipts of a gateway that says whatever a test wants it to say. */
final class ScriptedGateway implements AutoCloseable {
  private final NodeIdentity operator = NodeIdentity.generate();
  private final Map<String, WireServer.Script> scripts = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> items = new ArrayList<>();
  private final Receipt sample = ReceiptSamples.receipt(operator.peerId());
  private final WireServer server = WireServer.start(this::serve);
  private String next = "";
  private String missing = "";
  private boolean older;

  ScriptedGateway() {
    answers("/v1/witness/key", 200, operator.peerId() + "\n");
    answers("/v1/functions/" + function(), 200, "{\"cid\":\"" + function() + "\"}");
    answers("/v1/executions", 200, "{\"items\":[]}");
    answers("/v1/disagreements", 200, "{\"items\":[]}");
    scripts.put("/v1/receipts", exchange -> exchange.answer(200, page()));
  }

  String url() {
    return server.url().toString();
  }

  /** Who vouches for its nodes. */
  NodeIdentity operator() {
    return operator;
  }

  /** The function of all samples of receipts. */
  String function() {
    return sample.work().function().toString();
  }

  /** What they ran on, as a caller named it. */
  String data() {
    return sample.work().inputs().getFirst();
  }

  /** Lists a receipt, and gives this as its file. */
  Cid lists(byte[] receipt, TlogProof file) {
    Cid cid = Receipt.cidOf(receipt);
    items.add(
        "{\"receipt\":\""
            + cid
            + "\",\"node\":\"node-1\",\"startedAt\":\""
            + ReceiptSamples.STARTED
            + "\"}");
    answers("/v1/receipts/" + cid, 200, file.toString());
    return cid;
  }

  /** Gives this as the statement about a receipt. */
  void states(Cid receipt, String statement) {
    answers("/v1/receipts/" + receipt + "?format=dsse", 200, statement);
  }

  /** Its list goes on there, always. */
  void listsOnAt(String cursor) {
    next = ",\"next\":\"" + cursor + "\"";
  }

  /** Is one that does not know that a node may be named for a receipt. */
  void isOlder() {
    older = true;
  }

  /** That node gave no list. */
  void misses(String node) {
    missing = "\"" + node + "\"";
  }

  /** Knows the receipt of the answer to an Execution. */
  void remembers(String execution, Cid receipt, String function, List<String> data) {
    answers(
        "/v1/executions/" + execution,
        200,
        "{\"receipt\":\""
            + receipt
            + "\",\"node\":\"node-1\",\"function\":\""
            + function
            + "\",\"data\":[\""
            + String.join("\",\"", data)
            + "\"]}");
  }

  /** Has found out that the log of a node did not only grow, so often. */
  void disagreesAbout(PeerId node, int times) {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= times; i++) {
      all.add(
          "{\"kind\":\"log\",\"files\":[\"known.note\"],\"nodes\":[\""
              + node
              + "\"],\"id\":\"log-"
              + i
              + "\"}");
      answers("/v1/disagreements/log-" + i + "/known.note", 200, "a note");
    }
    answers("/v1/disagreements", 200, "{\"items\":[" + String.join(",", all) + "]}");
  }

  /** Answers a target with that; one without a query stands for every query. */
  void answers(String target, int status, String body, String... lines) {
    scripts.put(target, exchange -> exchange.answer(status, body, lines));
  }

  /** Ends the connection instead of an answer. */
  void breaksOff(String target) {
    scripts.put(target, WireExchange::reset);
  }

  /** How many requests began so. */
  long asked(String begin) {
    return asked.stream().filter(target -> target.startsWith(begin)).count();
  }

  private String page() {
    return "{\"items\":["
        + String.join(",", items)
        + "],\"gaps\":[]"
        + next
        + ",\"missing\":["
        + missing
        + "]}";
  }

  private void serve(WireExchange exchange) throws IOException {
    String whole = exchange.head().target();
    if (older && whole.contains("&node=")) {
      asked.add("refused " + whole);
      exchange.answer(400, "", "Limpet-Error: bad-query");
      return;
    }
    String target = whole.replace("&node=node-1", "");
    asked.add(target);
    String path = target.replaceFirst("\\?.*", "");
    WireServer.Script script = scripts.getOrDefault(target, scripts.get(path));
    if (script == null) {
      exchange.answer(404, "", "Limpet-Error: not-found");
    } else {
      script.handle(exchange);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
