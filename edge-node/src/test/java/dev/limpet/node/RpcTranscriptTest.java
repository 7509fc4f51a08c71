package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node and a real Kubo are given the same commands by the clients that people have: the stock
 * {@code ipfs} command, curl and npm's {@code kubo-rpc-client}. What they print must be the same,
 * or differ for a reason that has a name. Kubo is the program at {@code -Dlimpet.kubo=FILE}, the
 * client of npm is in {@code node_modules} below {@code -Dlimpet.npm=DIR}. Without them a test is
 * skipped and says so.
 */
@Tag("nightly")
class RpcTranscriptTest {
  private static final String FORMAT = "[%{http_code} %{content_type}]";

  private static final String IPFS =
      """
      add -r d
      add -r --hidden d
      add -rQ --cid-version=1 d
      add -r -w d/sub d/a.txt
      add -n -r --progress=false d
      add --raw-leaves -q d/big
      add --chunker=size-1000 -q d/big
      add --chunker=rabin -q d/big
      add --chunker=buzhash --trickle -q d/big
      add --max-file-links=3 --chunker=size-1000 -q d/big
      add --empty-dirs=false -r d
      add --mode=0600 --mtime=1000 -q d/a.txt
      add --preserve-mode --raw-leaves d/a.txt
      add --cid-version=2 d/a.txt
      add --chunker=malformed d/a.txt
      add --hash=sha2-512 -r d
      add --hash=SHA3 --inline -rQ d
      add --hash=sha3-224 --raw-leaves=false -Q d/a.txt
      add --hash=sha3-256 --trickle --chunker=size-1000 -q d/big
      add --hash=sha3-384 --mode=0600 -q d/a.txt
      add --hash=sha2-512 --cid-version=0 d/a.txt
      add --inline -r d
      add --inline --cid-version=1 -r d
      add --inline --inline-limit=128 --raw-leaves --chunker=size-1000 -r d
      add --inline --inline-limit=9 --trickle -w d/a.txt d/sub
      add --inline --inline-limit=129 d/a.txt
      add --inline --inline-limit=-1 --pin=false d/a.txt
      add --inline-limit=200 --pin=false d/a.txt
      add --inline --cid-version=1 d/a.txt
      add --pin=false -q d/a.txt
      add --pin-name=kept -q d/sub/b_c.txt
      pin ls --names QmPEs7vkaWVymNoCKt8ucijxQDVWGDbrpQnt1oNXBRcqXv
      cat QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX
      cat -o 1 -l 2 QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX
      cat QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn
      cat bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e
      ls QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      ls -s --size=false QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      get -o got QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      refs -r -e QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      resolve /ipfs/QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o/b_c.txt
      block put d/a.txt
      block put --cid-codec=dag-cbor --mhtype=sha3-256 d/a.txt
      block stat bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq
      block get bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq
      block rm bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq
      block rm QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      dag put j.json
      dag put --store-codec=dag-json --pin j.json
      dag put d/a.txt --input-codec=malformed
      dag get QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      dag resolve QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o/b_c.txt
      dag stat --progress=false QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      dag export --progress=false QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      pin add --name=x QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      pin add --recursive=false QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      pin add --recursive=false QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX
      pin ls --type=recursive -q
      pin rm QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      pin rm QmapufM7a31euvekic91X8wvjyeHcz3dVtJtzBFuGB1X2o
      repo version
      repo stat
      key list
      key gen self
      key rename nope n3
      key rm nope
      name publish --allow-offline --key=nope QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn
      name publish --allow-offline --lifetime=x QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn
      name resolve
      name publish --allow-offline -Q QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn
      name resolve
      swarm peers
      files ls
      id
      """;

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
    Files.writeString(dir.resolve("work/j.mjs"), script());
  }

  private static Path setting(String name, String otherwise, String what) {
    String value = System.getProperty(name, otherwise);
    assumeTrue(
        !value.isEmpty() && Files.exists(Path.of(value)), "skipped: -D" + name + " names " + what);
    return Path.of(value).toAbsolutePath();
  }

  private static Path kubo() {
    String built = System.getProperty("user.home") + "/.cache/limpet/peers/kubo-0.43.0/ipfs";
    return setting("limpet.kubo", built, "the ipfs program of Kubo 0.43.0");
  }

  /** A client that is given the commands, at the address of an API. */
  private interface Client {
    List<String> command(URI api, String... arguments);
  }

  private void compare(String name, Path program, Client client, List<String[]> steps)
      throws IOException {
    try (Kubo kubo = Kubo.start(program, dir, List.of());
        NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"))) {
      for (String[] step : steps) {
        String shown = name + " " + String.join(" ", step);
        String theirs = run(client.command(kubo.api(), step));
        String ours = run(client.command(node.url(), step));
        RpcDifference difference = RpcDifference.of(shown, theirs, ours);
        if (theirs.equals(ours)) {
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

  /** Exit code and both outputs, without what differs from run to run. */
  private String run(List<String> command) throws IOException {
    Path out = dir.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.resolve("work").toFile())
            .redirectErrorStream(true)
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
    String alike = text.replaceAll("127.0.0.1:[0-9]+", "API").replaceAll("k51[a-z0-9]{59}", "NAME");
    return "exit " + process.exitValue() + "\n" + alike;
  }

  @Test
  void the_stock_ipfs_command_prints_the_same_of_both() throws IOException {
    Path program = kubo();
    Client client =
        (api, arguments) -> {
          List<String> command =
              new ArrayList<>(
                  List.of(program.toString(), "--api", "/ip4/127.0.0.1/tcp/" + api.getPort()));
          command.addAll(List.of(arguments));
          return command;
        };
    compare("ipfs", program, client, steps(IPFS));
  }

  private static String[] step(String text) {
    String[] words = text.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].replace('_', ' ');
    }
    return words;
  }

  private static List<String[]> steps(String text) {
    return text.lines().map(String::strip).map(RpcTranscriptTest::step).toList();
  }

  @Test
  void curl_gets_the_same_bytes_of_both() throws IOException {
    Path program = kubo();
    Client client =
        (api, arguments) -> {
          List<String> command =
              new ArrayList<>(List.of("curl", "-s", "-S", "-X", "POST", "-w", FORMAT));
          for (int i = 1; i < arguments.length; i++) {
            command.addAll(List.of("-F", arguments[i]));
          }
          command.add("http://127.0.0.1:" + api.getPort() + "/api/v0/" + arguments[0]);
          return command;
        };
    assumeTrue(isThere("curl"), "skipped: there is no curl");
    compare("curl", program, client, curl());
  }

  private static List<String[]> curl() {
    return steps(
        """
        add file=@d/a.txt;filename=x/a.txt file=@d/a.txt;filename=x/y/b.txt file=@d/a.txt
        add?progress=true&wrap-with-directory=true file=@d/big x=@d/a.txt;filename=../../a
        add?only-hash=true file=;filename=d;type=application/x-directory l=a;filename=d/l;type=application/symlink
        add?pin=maybe file=hello
        add
        nope
        dag/import file=@d/a.txt;filename=malformed
        block/put
        block/put?format=v0 file=@d/a.txt
        block/put?mhtype=nope file=@d/a.txt
        dag/put?pin=true file=@j.json
        cat?arg=QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX&offset=1&length=3
        cat?arg=QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX&offset=-1
        cat?arg=QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX&length=x
        cat?arg=QmUQTy8i4bMcgRTmuif8FHFwv3UK78Ei4P8aeF9UFkmLzb/nope
        cat
        ls?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        ls?stream=true&arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        refs?recursive=true&arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        dag/get?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy/y
        dag/stat?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        dag/export?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        pin/ls?type=direct
        pin/ls?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy/y
        pin/add?progress=true&arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        pin/rm?arg=QmUQTy8i4bMcgRTmuif8FHFwv3UK78Ei4P8aeF9UFkmLzb
        block/rm?arg=QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy
        repo/version
        version
        swarm/peers
        """);
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
    Path program = kubo();
    String built = System.getProperty("user.home") + "/.cache/limpet/peers/kubo-rpc-client-7.1.0";
    Path modules = setting("limpet.npm", built, "a folder with kubo-rpc-client 7.1.0 of npm");
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

  private static List<String[]> npm() {
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
        """);
  }

  /** What the client of npm is told to do: one function for each step. */
  private static String script() throws IOException {
    try (var in = RpcTranscriptTest.class.getResourceAsStream("kubo-rpc-client.mjs")) {
      if (in == null) {
        throw new IOException("the script of this test is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
