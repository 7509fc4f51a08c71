package dev.limpet.cli.demo;

import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.Amounts;
import java.util.Map;

/** The step without a function of one's own: a question in SQL over all twelve files. */
final class Questions {
  private static final String QUESTION =
      "SELECT carrier, avg(arr_delay) AS mean FROM data GROUP BY carrier ORDER BY mean DESC";

  private final Story story;
  private final Stage stage;
  private final Flights flights;

  Questions(Story story, Stage stage, Flights flights) {
    this.story = story;
    this.stage = stage;
    this.flights = flights;
  }

  void play() {
    story.step(
        "A question in SQL over the whole year, with nothing deployed",
        "The function sql is built in: CSV files, folders of them, SQLite databases are tables.");
    String target =
        "/on/" + stage.root() + "/-/sql?arg=--format%3Dcsv&arg=" + Targets.query(QUESTION);
    // A megabyte of code: a slow machine may still compile it when the first call's time ends.
    Answer answer = stage.client().getUntil(target, 200);
    story.quote(QUESTION);
    answer.lines().forEach(story::quote);
    story.fact(
        "data it refers to", Amounts.bytes(answer.number("Limpet-Data-Bytes")) + ", read in place");
    story.fact("time", answer.millis() + " ms for the first call, compiling included");
    Answer warm = stage.client().getRun(target);
    story.fact("time, warm", warm.millis() + " ms, of which " + warm.header("Server-Timing"));
    story.fact("do it yourself", "limpet sql '" + QUESTION + "' --on " + stage.root());
    Map<String, String> expected = flights.mean(flights.months(), "carrier", "arr_delay");
    story.require(
        Means.agree(answer.lines(), expected),
        "the answer is the mean that plain Java computes: " + expected);
    story.require(stage.client().fetched(answer) == 0, "no data travelled between nodes");
  }
}
