package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code limpet add} against a node that answers exactly what the test says. */
class AddTest {
  private static final String HELLO = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";
  private static final String PROBLEM = "Content-Type: application/problem+json";

  @TempDir private Path directory = Path.of("");

  private final RecordingTerminal terminal =
      new RecordingTerminal(Map.of("LIMPET_TOKEN", "secret"));

  private int add(WireServer.Script dags, Path file, String... options) {
    WireServer.Script node =
        exchange -> {
          if (exchange.head().target().equals("/v1/node")) {
            exchange.answer(200, "{\"name\":\"shed\"}", "Content-Type: application/json");
          } else {
            dags.handle(exchange);
          }
        };
    try (WireServer server = WireServer.start(node)) {
      List<String> all = new CopyOnWriteArrayList<>(List.of("add", file.toString(), "--node"));
      all.add(server.url().toString());
      all.addAll(List.of(options));
      return terminal.run(all.toArray(String[]::new));
    }
  }

  private static void accept(WireExchange exchange, String root) throws IOException {
    if (exchange.head().header("expect").isPresent()) {
      exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
    }
    exchange.body().readAllBytes();
    exchange.answer(201, "{\"root\":\"" + root + "\"}", "Content-Type: application/json");
  }

  @Test
  void a_line_of_json_names_what_the_command_computed_itself() throws IOException {
    Path file = Files.writeString(directory.resolve("x.txt"), "hello\n");
    int exit = add(exchange -> accept(exchange, HELLO), file, "--json");
    assertEquals(0, exit, terminal.err());
    JsonObject line = JsonObject.parse(terminal.out());
    assertEquals(HELLO, line.text("cid"));
    assertEquals(6, line.number("size"));
    assertEquals("shed", line.text("node"));
    assertEquals(file.toString(), line.text("path"));
  }

  @ParameterizedTest
  @CsvSource({
    "--profile=unixfs-v0-2015, QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN",
    "--profile=kubo-cidv1, bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am",
    "--cid-version=0 --raw-leaves=false, QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN",
    "--trickle, bafybeigpgaoxwissi4xixryrsyvm35d5ifxjngjlfnps5p46hrts3ncxta",
    "--chunker=size-2 --trickle --max-file-links=2,"
        + " bafybeiejgltsml2yrjtgc6oxt5s55oww7h2z5ukczgamvalivdf2vdww7q",
    "--chunker=buzhash --cid-version=0 --raw-leaves=false,"
        + " QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN",
    "--mode=0644, bafybeiemirprqyjwzm5ul77gqd6fmwnieepwdqyv6kjxijsgb4r2n5ajmu",
    "--mode=0600 --preserve-mode --mtime=5 --mtime-nsecs=7,"
        + " bafybeie26kvcc36kvevu26u6yx75rie3kx5acqzjyzp5ykupjfoqgyevma",
    "--mtime=-1 --preserve-mtime, bafybeibfbxrt6pmlwepbzsceinzm4nwmh2zimaimxp3a7x47cr3h2tfcuu"
  })
  void a_profile_or_its_parameters_decide_the_cid(String options, String cid) throws IOException {
    Path file = Files.writeString(directory.resolve("x.txt"), "hello\n");
    int exit = add(exchange -> accept(exchange, cid), file, options.split(" ", -1));
    assertEquals(0, exit, terminal.err());
    assertTrue(terminal.out().startsWith(cid), terminal.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--profile=unixfs-v3",
        "--cid-version=2",
        "--chunk-size=3MiB",
        "--chunk-size=9GiB",
        "--chunk-size=x",
        "--chunker=rabin-47",
        "--chunker=fixed",
        "--chunker=buzhash --chunk-size=1KiB",
        "--max-file-links=1",
        "--hamt-measure=names",
        "--hamt-threshold=0",
        "--max-directory-links=-1",
        "--max-hamt-fanout=100",
        "--raw-leaves --preserve-mode",
        "--raw-leaves --mode=0644",
        "--raw-leaves --mtime=1",
        "--mode=644",
        "--mode=0",
        "--mode=00000",
        "--mode=04755",
        "--mode=0x1a4",
        "--mtime=0",
        "--mtime=9223372036854775807",
        "--mtime=1.5",
        "--mtime-nsecs=7",
        "--mtime=1 --mtime-nsecs=1000000000",
        "--mtime=1 --mtime-nsecs=-1",
        "--empty-dirs=perhaps"
      })
  void parameters_that_cannot_be_are_wrong_usage(String options) throws IOException {
    Path file = Files.writeString(directory.resolve("x.txt"), "hello\n");
    List<String> requests = new CopyOnWriteArrayList<>();
    int exit =
        add(exchange -> requests.add(exchange.head().target()), file, options.split(" ", -1));
    assertEquals(2, exit, terminal.err());
    assertEquals(List.of(), requests);
  }

  @Test
  void options_say_what_is_taken_of_a_tree() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    Files.createDirectory(tree.resolve("empty"));
    // Empty directories are all that there is: without them the tree is one.
    String empty = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
    assertEquals(0, add(exchange -> accept(exchange, empty), tree, "--empty-dirs=false"));
    Files.writeString(tree.resolve(".hidden"), "x");
    assertEquals(0, add(exchange -> accept(exchange, empty), tree, "--empty-dirs=false"));
    assertEquals(
        3, add(exchange -> accept(exchange, empty), tree, "--empty-dirs=false", "--hidden"));
    assertEquals(3, add(exchange -> accept(exchange, empty), tree));
    assertEquals(
        3, add(exchange -> accept(exchange, empty), tree.resolve("empty"), "--preserve-mode"));
  }

  @Test
  void a_node_that_answers_another_root_is_not_believed() throws IOException {
    Path file = Files.writeString(directory.resolve("x.txt"), "hello\n");
    String other = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
    assertEquals(3, add(exchange -> accept(exchange, other), file));
    assertEquals("", terminal.out());
    assertTrue(terminal.err().contains("[hash-mismatch]"), terminal.err());
  }

  @Test
  void a_refusal_comes_before_the_data() throws IOException {
    byte[] large = new byte[8 << 20];
    new Random(3).nextBytes(large);
    Path file = Files.write(directory.resolve("large.bin"), large);
    AtomicLong came = new AtomicLong();
    int exit =
        add(
            exchange -> {
              exchange.answer(
                  507,
                  "{\"type\":\"urn:limpet:error:quota-exceeded\",\"detail\":\"the quota is used"
                      + " up\"}",
                  PROBLEM,
                  "Connection: close");
              came.set(Long.parseLong(exchange.head().header("limpet-dag-size").orElse("-1")));
              exchange.close();
            },
            file);
    assertEquals(4, exit, terminal.err());
    assertEquals("limpet: the quota is used up [quota-exceeded]\n", terminal.err());
    assertEquals(large.length, came.get(), "what the node was told");
  }

  @Test
  void the_root_is_the_last_block_of_a_car_without_one() throws IOException {
    byte[] large = new byte[(3 << 20) + 77];
    new Random(4).nextBytes(large);
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Files.write(tree.resolve("large.bin"), large);
    Files.writeString(tree.resolve("small.txt"), "hello\n");
    List<Block> sent = new CopyOnWriteArrayList<>();
    int exit =
        add(
            exchange -> {
              exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
              CarReader car = new CarReader(exchange.body(), CarLimits.unbounded());
              assertEquals(List.of(), car.roots());
              for (Block block = car.next(); block != null; block = car.next()) {
                sent.add(block);
              }
              Cid root = sent.getLast().cid();
              exchange.answer(201, "{\"root\":\"" + root + "\"}", "Content-Type: application/json");
            },
            tree);
    assertEquals(0, exit, terminal.err());
    List<Block> imported = new ArrayList<>();
    ImportedRoot root =
        new UnixFsImporter(imported::add, UnixFsProfile.V1_2025)
            .importTree(tree, ImportOptions.standard());
    assertEquals(imported, sent);
    assertEquals(root.cid(), sent.getLast().cid());
    assertTrue(terminal.out().startsWith(root.cid().toString()), terminal.out());
  }

  @Test
  void what_cannot_be_read_to_its_end_breaks_the_request_off() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("loop"), Path.of("."));
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    int exit =
        add(
            exchange -> {
              exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
              try {
                exchange.body().readAllBytes();
                ended.complete(true);
              } catch (IOException e) {
                ended.complete(false);
              }
            },
            tree,
            "--dereference-symlinks");
    assertEquals(4, exit, terminal.err());
    assertTrue(terminal.err().contains("points at a directory that it is in"), terminal.err());
    assertFalse(ended.join(), "a CAR that is not whole has no end");
  }

  @Test
  void what_is_no_file_is_named_before_anything_is_sent() {
    List<String> requests = new CopyOnWriteArrayList<>();
    int exit =
        add(exchange -> requests.add(exchange.head().target()), directory.resolve("nothing"));
    assertEquals(5, exit);
    assertEquals(List.of(), requests);
    assertTrue(terminal.err().contains("nothing"), terminal.err());
  }

  @Test
  void doctor_shows_the_token_to_the_gateway_and_to_no_node() {
    List<String> shown = new CopyOnWriteArrayList<>();
    WireServer.Script record =
        exchange -> {
          shown.add(exchange.head().header("authorization").orElse("nothing"));
          exchange.answer(200, "{}");
        };
    try (WireServer node = WireServer.start(record)) {
      String nodes =
          "{\"items\":[{\"name\":\"shed\",\"state\":\"ready\",\"url\":\"" + node.url() + "\"}]}";
      try (WireServer gateway = WireServer.start(exchange -> exchange.answer(200, nodes))) {
        assertEquals(0, terminal.run("doctor", "--gateway", gateway.url().toString()));
      }
    }
    assertEquals(List.of("nothing"), shown);
    assertFalse(terminal.out().contains("secret"));
  }
}
