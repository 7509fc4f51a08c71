package dev.limpet.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.DagUpload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole calls over HTTP: callers, a gateway and a node, all in one JVM, so that allocated bytes are
 * those of all three. What separate processes do, {@code benchmarks/machine} measures.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xmx768m",
      "-XX:+UseSerialGC",
      "-XX:-DontCompileHugeMethods",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-Djava.util.logging.config.file=benchmarks/quiet.properties"
    })
public class EndToEndBench {
  /** The example function: command, command over a file, raw, and an echo of 64 KiB. */
  @Param({"hello", "csv", "sum", "echo"})
  private String function = "hello";

  private @Nullable Path folder;
  private @Nullable BenchServers servers;
  private byte[] request = {};

  /** A caller's connection. */
  @State(Scope.Thread)
  public static class Caller {
    private @Nullable HttpConnection connection;

    /** Connects to the gateway. */
    @Setup(Level.Trial)
    public void connect(EndToEndBench machine) throws IOException {
      connection = new HttpConnection(requireNonNull(machine.servers).url());
    }

    /** Ends the connection. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
      requireNonNull(connection).close();
    }
  }

  /** Starts a gateway and a node that has joined it, deploys, and adds the file. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path own = Files.createTempDirectory("limpet-bench");
    folder = own;
    BenchServers started = BenchServers.start(own);
    servers = started;
    URI url = started.url();
    String name = started.deploy(function);
    request =
        switch (function) {
          case "csv" ->
              HttpConnection.get(
                  url,
                  "/on/"
                      + add(started.node().url(), own)
                      + "/-/"
                      + name
                      + "?arg=by%3Dcarrier&arg=mean%3Ddelay");
          case "sum" -> HttpConnection.post(url, "/fn/" + name, ascii("1\n2\n3\n"));
          case "echo" -> HttpConnection.post(url, "/fn/" + name, new byte[64 << 10]);
          default -> HttpConnection.get(url, "/fn/" + name);
        };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The CID of a table of a thousand rows. */
  private static String add(URI url, Path folder) throws IOException {
    Path table = Files.write(folder.resolve("table.csv"), SandboxBench.tableOfThousandRows());
    try (ServerClient client = new ServerClient(url, "node", Credentials.NONE)) {
      ImportedRoot root =
          new DagUpload(client, 0)
              .send(
                  sink ->
                      new UnixFsImporter(sink, UnixFsProfile.V1_2025)
                          .importTree(table, ImportOptions.standard()));
      return root.cid().toString();
    }
  }

  /** Stops both and removes the folder. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(servers).close();
    FolderTree.remove(requireNonNull(folder));
  }

  /** One caller: how long a call takes. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public long oneCaller(Caller caller) throws IOException {
    return requireNonNull(caller.connection).exchange(request);
  }

  /** Sixteen callers at once: how many calls a second. */
  @Benchmark
  @Threads(16)
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  public long sixteenCallers(Caller caller) throws IOException {
    return requireNonNull(caller.connection).exchange(request);
  }
}
