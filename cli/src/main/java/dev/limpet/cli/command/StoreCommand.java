package dev.limpet.cli.command;

import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.backup.PartFile;
import dev.limpet.cli.client.CarTransfer;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.FlatfsBlocks;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.Collector;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.AddedDag;
import dev.limpet.protocol.Json;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet store …}: the store of a node, in its folder or through the node that runs. */
@Command(
    name = "store",
    description = {
      "Look after the store of a node: in its folder while the node is stopped (--dir),",
      "or through a node that runs (--node)."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet store verify --dir ./data/node-1"})
public final class StoreCommand extends CommandGroup {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final Path STANDARD = Path.of("-");

  private final Session session;

  StoreCommand(Session session) {
    this.session = session;
  }

  /** What is there. */
  @Command(
      name = "stat",
      description = "How much is kept, and how much of the disk it takes.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet store stat --node shed"})
  int stat(@Mixin StorePlace place) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (place.isFolder()) {
      try (NodeStore store = place.open()) {
        fields.putAll(JsonObject.parse(Json.writeString(store.info())).fields());
      }
    } else {
      fields.putAll(place.client(session).get("/v1/store").fields());
    }
    return answer(
        place.json(),
        fields,
        "%s in %s of %s, %s; fetched %s, functions %s"
            .formatted(
                Amounts.count(number(fields, "blocks"), "block"),
                bytes(fields, "bytes"),
                bytes(fields, "quotaBytes"),
                pins(fields),
                bytes(fields, "fetchedBytes"),
                bytes(fields, "functionBytes")));
  }

  private static String pins(Map<String, Object> fields) {
    String pins = Amounts.count(number(fields, "pins"), "pin");
    long partial = number(fields, "partialPins");
    return partial == 0 ? pins : pins + " (" + partial + " not whole)";
  }

  private static String bytes(Map<String, Object> fields, String name) {
    return Amounts.bytes(number(fields, name));
  }

  private static long number(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** Gives space back. */
  @Command(
      name = "gc",
      description = "Delete what no pin reaches, and give its space back.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet store gc --dir ./data/node-1"})
  int collect(@Mixin StorePlace place) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (place.isFolder()) {
      try (NodeStore store = place.open()) {
        var collected = StorePlace.checked(() -> collected(store));
        fields.put("blocks", collected.blocks());
        fields.put("bytes", collected.bytes());
      }
    } else {
      JsonObject done = place.client(session).send("POST", "/v1/store/gc", "");
      fields.putAll(done.fields());
    }
    return answer(
        place.json(),
        fields,
        "deleted "
            + Amounts.count(number(fields, "blocks"), "block")
            + ", "
            + bytes(fields, "bytes"));
  }

  /** What a node says of it when it runs. */
  private static Collector.Collected collected(NodeStore store) {
    try {
      return store.collect();
    } catch (ContentException e) {
      throw new StoreFailedException(Collector.nothing(e), e);
    }
  }

  /** Reads everything. */
  @Command(
      name = "verify",
      description = {
        "Read and hash every block of a node, and walk every pinned DAG.",
        "A node that runs takes its time for it, beside traffic. Exits with 1 when something is",
        "damaged or missing."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Example: limpet store verify --node shed",
        "Example: limpet store verify --dir ./data/node-1"
      })
  int verify(@Mixin StorePlace place) {
    StoreVerification done =
        place.isFolder()
            ? StoreVerification.ofFolder(session, place)
            : StoreVerification.ofNode(session, place.client(session));
    if (!place.json()) {
      done.notes().forEach(session.terminal()::note);
    }
    int shown = answer(place.json(), done.fields(), done.sentence());
    return done.isGreen() ? shown : ExitCode.FUNCTION_FAILED.number();
  }

  /** Writes a DAG. */
  @Command(
      name = "export",
      description = "Write a DAG of a node, or from its folder, as a CAR; each block is checked.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet store export bafybei... --dir ./data/node-1 --to data.car"})
  int export(
      @Mixin StorePlace place,
      @Parameters(paramLabel = "CID", description = "The root.") String cid,
      @Option(
              names = "--to",
              paramLabel = "FILE|-",
              required = true,
              description = "The CAR to write; - is standard output.")
          Path to)
      throws IOException {
    Cid root = StorePlace.root(cid);
    long written = to.equals(STANDARD) ? exported(place, root) : exported(place, root, to);
    Map<String, Object> fields = new LinkedHashMap<>(Map.of("cid", cid, "bytes", written));
    if (to.equals(STANDARD)) {
      if (place.json()) {
        session.terminal().jsonNote(fields);
      }
      return ExitCode.DONE.number();
    }
    return answer(place.json(), fields, "wrote " + Amounts.bytes(written) + " to " + to);
  }

  /** The file has its name only when it is whole. */
  private long exported(StorePlace place, Cid root, Path to) throws IOException {
    try (PartFile file = PartFile.begin(to)) {
      long written = exported(place, root, file.out());
      file.commit();
      return written;
    }
  }

  private long exported(StorePlace place, Cid root) throws IOException {
    return exported(place, root, session.terminal().out());
  }

  /** Whoever opened the stream closes it: a file is not whole yet. */
  private long exported(StorePlace place, Cid root, OutputStream to) throws IOException {
    try (ProgressBar bar = new ProgressBar(session.terminal(), "writing", -1)) {
      CountedOutput out = new CountedOutput(new BufferedOutputStream(to, BUFFER_BYTES), bar);
      if (!place.isFolder()) {
        return StorePlace.exported(
            out, () -> new CarTransfer(place.client(session)).export(root, out));
      }
      try (NodeStore store = place.open()) {
        return StorePlace.exported(out, () -> CarExport.write(store.all(), root, out));
      }
    }
  }

  /** Takes DAGs in. */
  @Command(
      name = "import",
      description = {
        "Take a DAG into a node, or into its folder, and pin it.",
        "It comes from a CAR, or with --flatfs and --dir by its CID from the blocks of a Kubo",
        "repository."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Example: limpet store import data.car --dir ./data/node-1",
        "Example: limpet store import --flatfs ~/.ipfs/blocks bafybei... --dir ./data/node-1"
      })
  int take(
      @Mixin StorePlace place,
      @Option(
              names = "--flatfs",
              paramLabel = "DIR",
              description = "The folder 'blocks' of a Kubo repository; it is only read.")
          @Nullable Path flatfs,
      @Parameters(
              paramLabel = "FILE|-|CID",
              description = "A CAR with one root, - for standard input; with --flatfs the root.")
          String what) {
    AddedDag added;
    if (flatfs == null) {
      added = place.isFolder() ? intoFolder(place, what) : intoNode(place, what);
    } else {
      added = fromKubo(place, flatfs, StorePlace.root(what));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("cid", added.root().toString());
    fields.put("size", added.size());
    fields.put("dagSize", added.dagSize());
    return answer(place.json(), fields, "pinned " + added.root());
  }

  private AddedDag fromKubo(StorePlace place, Path flatfs, Cid root) {
    try (NodeStore store = place.open();
        ProgressBar bar = new ProgressBar(session.terminal(), "reading", -1)) {
      return StorePlace.checked(
          () -> store.kept().addFrom(FlatfsBlocks.open(flatfs), root, bar::advance));
    }
  }

  private AddedDag intoFolder(StorePlace place, String file) {
    try (NodeStore store = place.open()) {
      return StorePlace.checked(() -> fromCar(file, store.kept()::add));
    }
  }

  private AddedDag intoNode(StorePlace place, String file) {
    CarTransfer transfer = new CarTransfer(place.client(session));
    return fromCar(file, transfer::add);
  }

  /** Takes a CAR in. */
  @FunctionalInterface
  private interface CarTaker {
    AddedDag take(InputStream car) throws IOException;
  }

  private AddedDag fromCar(String file, CarTaker taker) {
    boolean standard = file.equals(STANDARD.toString());
    try (ProgressBar bar = new ProgressBar(session.terminal(), "reading", -1);
        InputStream in = standard ? session.terminal().in() : Files.newInputStream(Path.of(file));
        InputStream counted = new BufferedInputStream(new CountedInput(in, bar), BUFFER_BYTES)) {
      return taker.take(counted);
    } catch (IOException e) {
      throw StorePlace.unreadable(file, e);
    }
  }

  private int answer(boolean json, Map<String, Object> fields, String line) {
    if (json) {
      session.terminal().json(fields);
    } else {
      session.terminal().line(line);
    }
    return ExitCode.DONE.number();
  }
}
