package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.StoreCheck;
import dev.limpet.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What came of reading and hashing all blocks of a node.
 *
 * @param blocks how many are well
 * @param bytes how long those are
 * @param damaged those that are not
 * @param repaired those that were not, and are again
 * @param partial roots of pins that lack some
 */
record StoreVerification(
    long blocks, long bytes, List<String> damaged, List<String> repaired, List<String> partial) {
  private static final String AT = "/v1/store/verify";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  /** Reads the folder of a node that is stopped. */
  static StoreVerification ofFolder(Session session, StorePlace place) {
    StoreCheck check;
    try (NodeStore store = place.open();
        ProgressBar bar = new ProgressBar(session.terminal(), "reading", store.storedBytes())) {
      check = StorePlace.checked(() -> store.verify(bar::advance));
    }
    return new StoreVerification(
        check.blocks(),
        check.bytes(),
        texts(check.damaged()),
        texts(check.repaired()),
        texts(check.partial()));
  }

  private static List<String> texts(List<Cid> cids) {
    return cids.stream().map(Cid::toString).toList();
  }

  /** Lets a node read, and waits until it has; where it does so already, that is waited for. */
  static StoreVerification ofNode(Session session, ServerClient node) {
    JsonObject said = node.send("POST", AT, "");
    long read = 0;
    try (ProgressBar bar =
        new ProgressBar(session.terminal(), "reading", said.number("totalBytes"))) {
      while (said.text("state").equals("running")) {
        bar.advance(said.number("bytes") - read);
        read = said.number("bytes");
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        said = node.get(AT);
      }
    }
    if (!said.text("state").equals("done")) {
      String reason = said.text("reason");
      throw new CliException(
          ExitCode.FUNCTION_FAILED,
          ErrorCode.STORE_FAILED.code(),
          "the node did not come to the end of it: " + (reason.isEmpty() ? "it stops" : reason));
    }
    return new StoreVerification(
        said.number("blocks"),
        said.number("bytes"),
        said.texts("damaged"),
        said.texts("repaired"),
        said.texts("partial"));
  }

  boolean isGreen() {
    return damaged.isEmpty() && partial.isEmpty();
  }

  /** For standard error, one line each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    damaged.forEach(cid -> notes.add("damaged: " + cid));
    repaired.forEach(cid -> notes.add("was damaged, and is written anew: " + cid));
    partial.forEach(cid -> notes.add("pinned and not whole: " + cid));
    return notes;
  }

  String sentence() {
    return "%s: %d blocks, %s"
        .formatted(
            isGreen() ? "all is well" : "NOT WELL, add the damaged data again",
            blocks,
            Amounts.bytes(bytes));
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("blocks", blocks);
    fields.put("bytes", bytes);
    fields.put("damaged", damaged);
    fields.put("repaired", repaired);
    fields.put("partial", partial);
    return fields;
  }
}
