package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.content.BuiltPeer;
import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node and a real Kubo are given the same commands by the clients that people have: the stock
 * {@code ipfs} command, curl and npm's {@code kubo-rpc-client}. What they print must be the same,
 * or differ for a reason that has a name. Kubo and the client of npm are those of {@link
 * BuiltPeer}, the latter in {@code node_modules} below {@code -Dlimpet.npm=DIR}. Without them a
 * test is skipped and says so.
 */
@Tag("nightly")
class RpcTranscriptTest {
  private static final String FORMAT =
      "[%{http_code} %{content_type} chunked:%header{x-chunked-output}"
          + " stream:%header{x-stream-output} length:%header{x-content-length}"
          + " allow:%header{allow} vary:%header{vary}]";

  private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";

  @TempDir Path dir = Path.of("");

  private final Map<RpcDifference, Integer> accepted = new EnumMap<>(RpcDifference.class);
  private final Map<String, String> unexplained = new TreeMap<>();
  private int same;

  @BeforeEach
  void files() throws IOException {
    Path tree = Files.createDirectories(dir.resolve("work/d/sub"));
    Files.createDirectories(dir.resolve("work/d/empty"));
    Files.writeString(dir.resolve("work/d/a.txt"), "hello");
    Files.writeString(tree.resolve("b c.txt"), "b b");
    Files.writeString(dir.resolve("work/d/.hidden"), "hidden");
    Files.createSymbolicLink(dir.resolve("work/d/link"), Path.of("a.txt"));
    byte[] big = new byte[600_000];
    new Random(1).nextBytes(big);
    Files.write(dir.resolve("work/d/big"), big);
    Files.writeString(
        dir.resolve("work/j.json"), "{\"c\":[1,2.5,\"x\"],\"b\":{\"/\":{\"bytes\":\"CAE\"}}}");
    Files.writeString(
        dir.resolve("work/pb.json"), "{\"Data\":{\"/\":{\"bytes\":\"CAE\"}},\"Links\":[]}");
    Files.write(dir.resolve("work/j.cbor"), new byte[] {(byte) 0xa1, 0x61, 'a', 1});
    Files.writeString(dir.resolve("work/cid.txt"), HELLO + "\n");
    Files.writeString(dir.resolve("work/cids.txt"), HELLO + "\r\n" + HELLO);
    Files.writeString(dir.resolve("work/path.txt"), "/ipfs/" + HELLO);
    Files.writeString(dir.resolve("work/malformed.car"), "no CAR");
    byte[] car = SampleDag.file(5, 3_000_000).car();
    int lastSection = 3_000_000 - 2 * (1 << 20) + 39;
    Files.write(dir.resolve("work/cut.car"), Arrays.copyOf(car, car.length - lastSection));
    Block block = Block.of(Multicodec.RAW, "in a CAR".getBytes(StandardCharsets.UTF_8));
    try (OutputStream out = Files.newOutputStream(dir.resolve("work/sub.car"))) {
      new CarWriter(out, List.of(block.cid())).write(block);
    }
    Files.writeString(dir.resolve("work/j.mjs"), resource("kubo-rpc-client.mjs"));
  }

  /** A client that is given the commands, at the address of an API. */
  private interface Client {
    List<String> command(URI api, String... arguments);
  }

  /**
   * What a client is told to do.
   *
   * @param words of the command
   * @param named how the answers must differ; null when they must not, or only as is known of all
   */
  private record Step(String[] words, @Nullable RpcDifference named) {
    static Step of(String line) {
      String[] sides = line.split("  # ", 2);
      String[] words = sides[0].split(" ", -1);
      for (int i = 0; i < words.length; i++) {
        words[i] = words[i].replace('_', ' ');
      }
      return new Step(words, sides.length < 2 ? null : RpcDifference.valueOf(sides[1]));
    }
  }

  private void compare(String name, Path program, Client client, List<Step> steps)
      throws IOException {
    try (Kubo kubo = Kubo.start(program, dir, List.of());
        NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"))) {
      for (Step step : steps) {
        String shown = name + " " + String.join(" ", step.words);
        String theirs = run(client.command(kubo.api(), step.words));
        String ours = run(client.command(node.url(), step.words));
        RpcDifference difference = RpcDifference.of(step.named, shown, theirs, ours);
        if (theirs.equals(ours) && step.named == null) {
          same++;
        } else if (difference != null) {
          accepted.merge(difference, 1, Integer::sum);
        } else {
          unexplained.put(shown, "\n  kubo: " + theirs + "\n  node: " + ours);
        }
      }
    }
    System.out.println(name + ": " + same + " the same");
    accepted.forEach((why, times) -> System.out.println("  " + times + ": " + why.reason()));
    assertEquals(Map.of(), unexplained);
    assertTrue(same >= steps.size() * 3 / 4, "most commands must not differ at all: " + accepted);
  }

  /**
   * Exit code and both outputs, without what differs from run to run, and what {@code -o} names.
   *
   * @param line what is run; a last word such as {@code <a.txt} is the file that it reads
   */
  private String run(List<String> line) throws IOException {
    Path out = dir.resolve("out");
    Path work = dir.resolve("work");
    boolean reads = line.getLast().startsWith("<");
    List<String> command = reads ? line.subList(0, line.size() - 1) : line;
    Path input = reads ? work.resolve(line.getLast().substring(1)) : Path.of("/dev/null");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile());
    builder.environment().put("IPFS_PATH", dir.resolve("no-repository").toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IOException(command + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(out, StandardCharsets.ISO_8859_1);
    String alike =
        text.replaceAll("127.0.0.1:[0-9]+", "API")
            .replaceAll("k51[a-z0-9]{59}|bafzaaj[a-z0-9]{58}", "NAME")
            .replaceAll("12D3Koo[A-Za-z0-9]{45}", "PEER");
    int option = command.indexOf("-o");
    String got = option < 0 ? "" : got(work.resolve(command.get(option + 1)));
    return "exit " + process.exitValue() + "\n" + alike + got;
  }

  /** The names and the bytes of a file, folder or archive, which is deleted. */
  private String got(Path path) throws IOException {
    if (!Files.exists(path)) {
      return "";
    }
    if (path.toString().endsWith(".tar") || path.toString().endsWith(".tgz")) {
      String listed = run(List.of("tar", "-tf", path.toString()));
      String content = run(List.of("tar", "-xOf", path.toString()));
      Files.delete(path);
      return listed + content;
    }
    StringBuilder all = new StringBuilder();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.sorted().toList();
    }
    for (Path file : files) {
      all.append(path.relativize(file)).append(' ');
      if (Files.isSymbolicLink(file)) {
        all.append(Files.readSymbolicLink(file));
      } else if (Files.isRegularFile(file)) {
        boolean packed = file.toString().endsWith("gz");
        try (InputStream in = Files.newInputStream(file);
            InputStream bytes = packed ? new GZIPInputStream(in) : in) {
          all.append(Arrays.hashCode(bytes.readAllBytes()));
        }
      }
      all.append('\n');
    }
    for (Path file : files.reversed()) {
      Files.delete(file);
    }
    return all.toString();
  }

  @Test
  void the_stock_ipfs_command_prints_the_same_of_both() throws IOException {
    Path program = BuiltPeer.kubo();
    Client client =
        (api, arguments) -> {
          List<String> command =
              new ArrayList<>(
                  List.of(program.toString(), "--api", "/ip4/127.0.0.1/tcp/" + api.getPort()));
          command.addAll(List.of(arguments));
          return command;
        };
    compare("ipfs", program, client, steps(resource("transcript-ipfs.txt")));
  }

  private static List<Step> steps(String text) {
    return text.lines().map(String::strip).map(Step::of).toList();
  }

  @Test
  void curl_gets_the_same_bytes_of_both() throws IOException {
    Path program = BuiltPeer.kubo();
    Client client =
        (api, arguments) -> {
          List<String> command =
              new ArrayList<>(List.of("curl", "-s", "-S", "-X", "POST", "-w", FORMAT));
          boolean value = false;
          for (String word : List.of(arguments).subList(1, arguments.length)) {
            boolean option = word.startsWith("-");
            command.addAll(option || value ? List.of(word) : List.of("-F", word));
            value = option;
          }
          command.add("http://127.0.0.1:" + api.getPort() + "/api/v0/" + arguments[0]);
          return command;
        };
    assumeTrue(isThere("curl"), "skipped: there is no curl");
    compare("curl", program, client, steps(resource("transcript-curl.txt")));
  }

  private boolean isThere(String program) {
    try {
      return run(List.of(program, "--version")).startsWith("exit 0");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void the_client_of_npm_gets_the_same_values_of_both() throws IOException {
    Path program = BuiltPeer.kubo();
    Path modules = BuiltPeer.path("limpet.npm", "kubo-rpc-client-7.1.0");
    assumeTrue(isThere("node"), "skipped: there is no Node.js");
    Path link = dir.resolve("work/node_modules");
    Files.createSymbolicLink(link, modules.resolve("node_modules"));
    Client client =
        (api, arguments) ->
            List.of("node", "j.mjs", "http://127.0.0.1:" + api.getPort() + "/api/v0", arguments[0]);
    try {
      compare("npm", program, client, npm());
    } finally {
      Files.delete(link);
    }
  }

  private static List<Step> npm() {
    return steps(
        """
        add
        addAll
        progress
        cat
        get
        ls
        block
        dag
        car
        pin
        refs
        resolve
        missing
        id
        addOptions
        blockOptions
        dagOptions
        pinOptions
        refsOptions
        names
        repo
        aborted
        """);
  }

  private static String resource(String name) throws IOException {
    try (var in = RpcTranscriptTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the file " + name + " of this test is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
