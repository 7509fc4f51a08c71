package dev.limpet.cli.evidence;

import dev.limpet.cli.terminal.Amounts;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.receipt.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page of a folder. It has no script and loads nothing; whatever is not our own word is
 * escaped.
 */
final class EvidencePage {
  private final Evidence.Told told;
  private final Map<String, List<Calls.Call>> calls;
  private final Html html = new Html();

  private EvidencePage(Evidence.Told told) {
    this.told = told;
    this.calls = told.calls().byReceipt();
  }

  /** The page as text. */
  static String of(Evidence.Told told) {
    return new EvidencePage(told).page();
  }

  private String page() {
    ReceiptQuery query = told.wish().subject().query();
    html.head("Evidence of " + told.wish().subject().text());
    html.begin("dl");
    html.pair("since", query.since() == null ? "the beginning" : query.since().toString());
    html.pair("until", query.until() == null ? told.made().toString() : query.until().toString());
    html.pair("made", told.made() + " from " + told.gateway());
    html.pair(
        "operator's key",
        told.operator()
            + (told.wish().operator() == null
                ? ", as that gateway shows it: compare it with what the operator told you"
                : ", as whoever made this folder gave it"));
    html.end("dl");
    summary();
    meaning();
    receipts();
    calls();
    nodes();
    gaps();
    disputes();
    files();
    return html.finish();
  }

  private void summary() {
    html.heading("Summary");
    html.begin("ul");
    int missing = told.count(Row.Standing.MISSING);
    html.item(
        Amounts.count(told.rows().size(), "receipt")
            + ": "
            + told.count(Row.Standing.GREEN)
            + " green, "
            + told.count(Row.Standing.RED)
            + " red"
            + (missing == 0 ? "" : ", " + missing + " could not be had"));
    html.item(Amounts.count(told.listing().gaps().size(), "gap") + " that logs of nodes report");
    html.item(
        Amounts.count(told.disputes().count(), "disagreement") + " that the gateway found out");
    if (!told.listing().missing().isEmpty()) {
      html.item(
          "Nodes that did not answer, so that receipts of theirs are not here: "
              + String.join(", ", told.listing().missing()));
    }
    told.lacks().forEach(lack -> html.item("Not in this folder: " + lack));
    if (told.next() != null) {
      html.item("There are more receipts; the next folder begins with --since " + told.next());
    }
    html.end("ul");
  }

  private void meaning() {
    html.heading("What is proven, and what is merely said");
    html.table("statement", "standing", "why");
    for (Meaning each : Meaning.ALL) {
      html.row(each.statement(), each.standing(), each.why());
    }
    html.end("table");
  }

  private void receipts() {
    html.heading("Receipts");
    if (told.rows().isEmpty()) {
      html.paragraph("None.");
      return;
    }
    for (Row row : told.rows()) {
      receipt(row, calls.getOrDefault(row.cid().toString(), List.of()));
    }
  }

  private void receipt(Row row, List<Calls.Call> calls) {
    Receipt receipt = row.receipt();
    html.begin("details");
    html.begin("summary");
    html.mark(row.standing().text());
    html.text(
        receipt == null
            ? row.cid() + (row.node().isEmpty() ? "" : " of " + row.node())
            : receipt.ran().started()
                + "  "
                + receipt.ran().execution()
                + "  "
                + receipt.ending().outcome().text()
                + (calls.isEmpty() ? "" : "  " + Amounts.count(calls.size(), "known call")));
    html.end("summary");
    if (!row.complaint().isEmpty()) {
      html.paragraph(row.complaint());
    }
    html.begin("dl");
    html.pair("receipt", row.cid().toString());
    if (receipt != null) {
      says(receipt);
    }
    if (row.file() != null) {
      html.link("file", row.file());
    }
    if (row.statement() != null) {
      html.link("statement", row.statement());
    }
    html.end("dl");
    html.table("step", "result", "found");
    for (Verification.Check check : row.found().checks()) {
      html.row(check.step().text(), check.result().name().toLowerCase(Locale.ROOT), check.says());
    }
    html.end("table");
    html.end("details");
  }

  private void says(Receipt receipt) {
    html.pair("function", receipt.work().function().toString());
    html.pair("inputs", String.join(", ", receipt.work().inputs()));
    html.pair("task", receipt.work().task() == null ? "-" : receipt.work().task().toString());
    Receipt.Result result = receipt.ending().result();
    if (result != null) {
      html.pair(
          "result", result.body() + ", " + result.size() + " bytes, status " + result.status());
    }
    Receipt.Used used = receipt.used();
    html.pair("fuel", used.fuel() + " instructions, " + used.memory() + " bytes of memory");
    html.pair(
        "read",
        used.read() + " bytes in " + used.blocks() + " blocks, " + used.fetched() + " fetched");
    html.pair("node", receipt.ran().node() + ", " + receipt.ran().engine());
    html.pair("grants", String.join(", ", receipt.ran().grants()));
    html.pair("took", receipt.ran().tookMicros() + " microseconds by the node's clock");
  }

  private void calls() {
    html.heading("Who called");
    html.paragraph(
        "The gateway knows a caller by the kind of its token (owner: none is needed there;"
            + " management; calls; public: none was shown), never by the token. It remembers calls"
            + " for an hour, fewer under load; its access log has what it was told to keep. An"
            + " answer from memory has the receipt of the run that made it. Nobody signs this.");
    long unknown =
        told.rows().stream().filter(row -> !calls.containsKey(row.cid().toString())).count();
    if (unknown > 0) {
      html.paragraph("Of " + Amounts.count(unknown, "receipt") + " nobody here knows who called.");
    }
    if (calls.isEmpty()) {
      return;
    }
    html.table("time", "who", "from", "execution", "receipt", "says");
    for (Row row : told.rows()) {
      for (Calls.Call call : calls.getOrDefault(row.cid().toString(), List.of())) {
        html.row(
            call.time(),
            call.who(),
            call.remote(),
            call.execution(),
            call.receipt(),
            call.source());
      }
    }
    html.end("table");
    if (told.calls().unnamed() > 0) {
      html.paragraph("And " + Amounts.count(told.calls().unnamed(), "more call") + ".");
    }
  }

  private void nodes() {
    html.heading("Nodes");
    if (told.enrolments().isEmpty()) {
      html.paragraph("No operator vouches for a node here.");
      return;
    }
    html.table("name", "key", "region (the owner's word)", "from", "until");
    for (Enrolment each : told.enrolments().values()) {
      html.row(
          each.name(),
          each.node().toString(),
          each.region(),
          each.from().toString(),
          each.until().toString());
    }
    html.end("table");
  }

  private void gaps() {
    html.heading("Gaps");
    html.paragraph(
        "A node whose process was killed, or whose disk failed, says so in its log: of the time"
            + " between, receipts may be missing. Gaps concern all functions of the node.");
    if (told.listing().gaps().isEmpty()) {
      html.paragraph("None are reported.");
      return;
    }
    html.table("node", "since", "until", "lost");
    told.listing()
        .gaps()
        .forEach(gap -> html.row(gap.node(), gap.since(), gap.until(), gap.lost()));
    html.end("table");
  }

  private void disputes() {
    html.heading("Disagreements");
    html.paragraph(
        "What the gateway's audit and its witness found out about this work and these nodes.");
    for (Disputes.Dispute each : told.disputes().shown()) {
      html.begin("dl");
      html.pair("what", each.kind() + ": " + each.says());
      html.pair("when", each.at());
      html.pair("nodes", String.join(", ", each.nodes()));
      each.files().forEach(file -> html.link("kept", file));
      html.end("dl");
    }
    if (told.disputes().more() > 0) {
      html.paragraph("And " + told.disputes().more() + " more.");
    }
    if (told.disputes().shown().isEmpty()) {
      html.paragraph("None are known.");
    }
  }

  private void files() {
    html.heading("Check it yourself");
    html.begin("ul");
    html.item("sha256sum -c SHA256SUMS: no file was altered by accident");
    html.item(
        "limpet verify FOLDER --operator KEY: the same, and each receipt step by step, offline");
    html.linkedItem("verify.html", ": drop a receipt on it in a browser; it sends nothing");
    html.item("limpet replay FILE: runs the work again on another node and compares");
    html.item(
        "Only the files in receipts/ prove something. This page is a summary by whoever made it.");
    html.end("ul");
  }
}
