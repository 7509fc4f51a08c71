package dev.limpet.cli.demo;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Amounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The step without a toolchain: a function that is a script of fifty lines. */
final class Handler {
  private static final int OK = 200;

  /** Three digits after the point in its answer, two in what is expected. */
  private static final double NEAR = 0.006;

  private final Story story;
  private final Stage stage;
  private final Flights flights;

  Handler(Story story, Stage stage, Flights flights) {
    this.story = story;
    this.stage = stage;
    this.flights = flights;
  }

  void play(Path script, String month) {
    story.step(
        "A function that is a script: JavaScript in one file, deployed as it is",
        "Its runtime comes with Limpet; each call begins as a copy that has read the script.");
    DemoClient.Deployed deployed = stage.client().deployScript(script, "delays");
    story.fact("script", script.getFileName() + ", " + Amounts.bytes(deployed.size()));
    String target = "/on/" + stage.root() + "/" + month + "/-/delays";
    // A megabyte of code: a slow machine may still compile it when the first call's time ends.
    Answer answer = stage.client().getUntil(target, OK);
    answer.lines().forEach(story::quote);
    story.fact("time", answer.millis() + " ms for the first call, compiling included");
    Answer warm = stage.client().getRun(target);
    story.fact("time, warm", warm.millis() + " ms, of which " + warm.header("Server-Timing"));
    story.fact("do it yourself", "limpet deploy handler.js --name delays");
    Map<String, String> expected = flights.mean(List.of(month), "carrier", "arr_delay");
    story.require(
        agree(answer, expected), "the answer is the mean that plain Java computes: " + expected);
  }

  private static boolean agree(Answer answer, Map<String, String> expected) {
    Map<String, Object> found = JsonObject.parse(String.join("", answer.lines())).fields();
    return found.keySet().equals(expected.keySet())
        && expected.entrySet().stream()
            .allMatch(
                mean -> {
                  double told = Double.parseDouble(String.valueOf(found.get(mean.getKey())));
                  return Math.abs(told - Double.parseDouble(mean.getValue())) <= NEAR;
                });
  }
}
