package dev.limpet.cli.evidence;

import java.util.List;

/**
 * What a statement of a folder is worth.
 *
 * @param statement what is stated
 * @param standing whether it is proven
 * @param why by whose key, or who merely says it
 */
record Meaning(String statement, String standing, String why) {
  private static final String PROVEN = "proven, if green";
  private static final String SAID = "said";

  /** All statements, in the order of the page. */
  static final List<Meaning> ALL =
      List.of(
          new Meaning(
              "The node said that this function ran on this data, with this result, fuel and"
                  + " memory",
              PROVEN,
              "The node's key signed a checkpoint of its log (step checkpoint), and the receipt is"
                  + " an entry of it (step inclusion). No byte of it was altered afterwards."),
          new Meaning(
              "Function, data and result are those with these CIDs",
              PROVEN,
              "A CID is the hash of what it names; whoever has the bytes can compare."),
          new Meaning(
              "The key is that of a node which the operator had let in",
              PROVEN,
              "The operator's key signed the enrolment (step enrolment)."),
          new Meaning(
              "The receipt was in the log when the gateway saw it, and the log had only grown",
              PROVEN,
              "The operator's key cosigned that checkpoint with a time (step witness). Where the"
                  + " step is only a note, the node alone says so."),
          new Meaning(
              "The result is right",
              SAID,
              "The node says so. Functions are pure, so anybody with the data can run the work"
                  + " again (limpet replay): then it is shown, unless both nodes lie alike."),
          new Meaning(
              "These are all receipts of that time",
              SAID,
              "Nodes list what their logs have kept. A gap is reported by the node itself."),
          new Meaning(
              "Where the node stands (region)",
              SAID,
              "The owner of the node told the operator, who signed it unchecked."),
          new Meaning(
              "When it started and how long it took",
              SAID,
              "By the node's clock; it ended before the witness's time."),
          new Meaning("What was fetched, read, and granted", SAID, "The node counts, and says so."),
          new Meaning(
              "Who called",
              SAID,
              "The gateway's operator says so, from memory or an access log; nothing is signed."),
          new Meaning(
              "That data was deleted, or not used for anything else",
              "not even said",
              "No receipt is about it, and nothing here shows it."),
          new Meaning(
              "Who had the keys", SAID, "A key that was stolen signs as well as its owner."));
}
