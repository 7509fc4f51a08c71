package dev.limpet.cli.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.cli.RecordingTerminal;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A gateway, nodes, functions, and data of which it is known what every call on it answers. */
final class Fleet implements AutoCloseable {
  /** What the function reads in each directory. */
  static final String FILE = "note.txt";

  private static final int DATA_PER_NODE = 2;
  private static final int MOST_HOMES = 3;

  /** Every fourth answers with a stream, because it is more than is held back. */
  private static final int LARGE_EVERY = 4;

  private static final int SMALL_BYTES = 4000;
  private static final int LARGE_BYTES = 300_000;

  private final Path dir;
  private final Servers.Running gateway;
  private final List<Member> members = new ArrayList<>();
  private final List<Datum> data = new ArrayList<>();

  /**
   * A directory with one file.
   *
   * @param cid of the directory
   * @param content of the file
   * @param homes nodes that were given it, and said that they keep it
   */
  record Datum(String cid, byte[] content, Set<String> homes) {}

  private Fleet(Path dir, Servers.Running gateway) {
    this.dir = dir;
    this.gateway = gateway;
  }

  /** Starts all, deploys the functions, and spreads the data. */
  static Fleet start(Path dir, Servers servers, int nodes, Random random) throws IOException {
    Servers.Running gateway =
        servers.gateway(
            List.of(
                "listen=127.0.0.1:0",
                "dir=" + dir.resolve("gateway"),
                "heartbeat=1s",
                "hedge-calls=true"));
    Fleet fleet = new Fleet(dir, gateway);
    try {
      for (int i = 1; i <= nodes; i++) {
        fleet.members.add(new Member("node-" + i, servers, dir, gateway.url()));
      }
      fleet.deploy("copy", SampleModules.copiesFile(FILE));
      fleet.deploy("echo", SampleModules.echo());
      fleet.spread(random);
      return fleet;
    } catch (IOException | RuntimeException | Error e) {
      fleet.close();
      throw e;
    }
  }

  private void deploy(String name, byte[] module) throws IOException {
    Path file = Files.write(dir.resolve(name + ".wasm"), module);
    command("deploy", file.toString(), "--name", name);
  }

  private void spread(Random random) throws IOException {
    for (int i = 0; i < DATA_PER_NODE * members.size(); i++) {
      byte[] content =
          new byte[1 + random.nextInt(i % LARGE_EVERY == 0 ? LARGE_BYTES : SMALL_BYTES)];
      random.nextBytes(content);
      Path folder = Files.createDirectory(dir.resolve("data-" + i));
      Files.write(folder.resolve(FILE), content);
      List<Member> homes = new ArrayList<>(members);
      Collections.shuffle(homes, random);
      Set<String> names = new HashSet<>();
      String cid = "";
      for (Member home : homes.subList(0, 1 + random.nextInt(MOST_HOMES))) {
        names.add(home.name());
        String line = command("add", folder.toString(), "--node", home.name(), "--json");
        cid = JsonObject.parse(line).text("cid");
      }
      data.add(new Datum(cid, content, names));
    }
  }

  private String command(String... words) {
    RecordingTerminal terminal =
        new RecordingTerminal(Map.of("LIMPET_GATEWAY", gateway.url().toString()));
    int exit = terminal.run(words);
    assertEquals(0, exit, () -> String.join(" ", words) + ": " + terminal.err());
    return terminal.out();
  }

  URI gateway() {
    return gateway.url();
  }

  List<Member> members() {
    return Collections.unmodifiableList(members);
  }

  List<Datum> data() {
    return Collections.unmodifiableList(data);
  }

  /** Whether the gateway sees all nodes, and with each all data that they were given. */
  boolean isKnownWhole() {
    for (String line : command("nodes", "list", "--json").lines().toList()) {
      if (!isHere(JsonObject.parse(line))) {
        return false;
      }
    }
    return data.stream().allMatch(this::isHeldAtHome);
  }

  /** One heartbeat that is late on a busy machine is no fault. */
  private static boolean isHere(JsonObject node) {
    return List.of("ready", "suspect").contains(node.text("state"));
  }

  private boolean isHeldAtHome(Datum datum) {
    Set<String> holders = new HashSet<>();
    for (JsonObject holder :
        Callers.json(gateway.url(), "/v1/holders/" + datum.cid).objects("items")) {
      boolean counts =
          holder.text("complete").equals("true")
              && isHere(holder)
              && !holder.text("asked").equals("true");
      if (counts) {
        holders.add(holder.text("node"));
      }
    }
    return holders.containsAll(datum.homes);
  }

  @Override
  public void close() {
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    members.forEach(
        member ->
            closing.add(CompletableFuture.runAsync(member::close, Thread::startVirtualThread)));
    CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
    gateway.end();
  }
}
