package dev.limpet.cli.demo;

import java.util.Arrays;
import java.util.List;

/** The steps in which the node that holds the data goes away: without a copy, and with one. */
final class Losses {
  private static final int OTHER = 2;

  private final Story story;
  private final Stage stage;

  Losses(Story story, Stage stage) {
    this.story = story;
    this.stage = stage;
  }

  /**
   * Plays both; every node runs again at the end.
   *
   * @param first what the question was answered with before
   * @param proof shows between them, when both nodes have the data, that these agree
   */
  void play(Answer first, Proof proof) {
    onlyHolder(first);
    copy();
    proof.replay();
    holderWithCopy(first);
  }

  private void onlyHolder(Answer first) {
    story.step(
        "The holder is stopped; then started again",
        "Clear words instead of a hang: who holds it, since when it is away; and the data was"
            + " kept.");
    stage.machine().stopNode(Demo.HOLDER);
    Answer offline = stage.client().getUntil(stage.target(), 503);
    story.fact(
        "stopped",
        offline.status()
            + " "
            + offline.header("Limpet-Error")
            + ", Retry-After "
            + offline.header("Retry-After"));
    story.quote(offline.problemDetail());
    story.require(
        offline.header("Limpet-Error").equals("holders-offline"), "the error is holders-offline");
    story.require(offline.problemDetail().contains("node-1"), "the error names node-1");
    stage.machine().restartNode(Demo.HOLDER);
    Answer back = stage.client().getUntil(stage.target(), 200);
    story.fact(
        "started again",
        back.status()
            + " on "
            + back.header("Limpet-Node")
            + ", the same "
            + back.body().length
            + " bytes");
    story.require(Arrays.equals(back.body(), first.body()), "the answer is the same as before");
  }

  private void copy() {
    story.step(
        "A copy of the data on node-2, as a CAR",
        "Blocks are checked by their hashes where they arrive: a copy needs no trust in its"
            + " source.");
    DemoClient.Added copied = stage.client().copy(stage.root(), OTHER);
    List<String> holders = stage.client().holders(stage.root());
    story.fact("directory", copied.cid() + ", the same CID");
    story.fact("holders", holders);
    story.require(copied.cid().equals(stage.root()), "the copy has the CID of the original");
    story.require(
        List.of("node-1", "node-2").equals(holders.stream().sorted().toList()),
        "both nodes hold the data, not " + holders);
  }

  private void holderWithCopy(Answer first) {
    story.step(
        "The first holder is stopped again, and the call goes to the other",
        "Who asks does not notice: same URL, same answer, still no data on the way.");
    stage.machine().stopNode(Demo.HOLDER);
    Answer other = stage.client().getRun(stage.target());
    story.fact(
        "answered",
        other.status()
            + " by "
            + other.header("Limpet-Node")
            + " in "
            + other.millis()
            + " ms, at the first try");
    long fetched = stage.client().fetched(other);
    story.fact("data that travelled", fetched + " bytes between nodes");
    story.require(other.status() == 200, "the call fails over, not " + other.text());
    story.require(other.header("Limpet-Node").equals("node-2"), "node-2 has answered");
    story.require(fetched == 0, "no data travelled between nodes");
    story.require(Arrays.equals(other.body(), first.body()), "the answer is the same as before");
    stage.machine().restartNode(Demo.HOLDER);
  }
}
