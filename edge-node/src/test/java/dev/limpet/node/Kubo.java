package dev.limpet.node;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Kubo's daemon, offline, with a repository of its own, and its gateway. */
public final class Kubo implements AutoCloseable {
  private final Process daemon;
  private final URI api;
  private final URI gateway;

  private Kubo(Process daemon, URI api, URI gateway) {
    this.daemon = daemon;
    this.api = api;
    this.gateway = gateway;
  }

  /** Starts it with the blocks of these CARs. */
  public static Kubo start(Path program, Path dir, List<Path> cars) throws IOException {
    Path repository = dir.resolve("repository");
    run(program, repository, "init", "--profile=test", "--empty-repo");
    run(program, repository, "config", "--json", "Addresses.Swarm", "[]");
    run(program, repository, "config", "--json", "AutoConf.Enabled", "false");
    run(program, repository, "config", "--json", "Bootstrap", "[]");
    run(program, repository, "config", "--json", "DNS.Resolvers", "{}");
    run(program, repository, "config", "--json", "Routing.DelegatedRouters", "[]");
    run(program, repository, "config", "--json", "Ipns.DelegatedPublishers", "[]");
    for (Path car : cars) {
      run(program, repository, "dag", "import", "--pin-roots=false", car.toString());
    }
    Process daemon = process(program, repository, "daemon", "--offline");
    Path address = repository.resolve("gateway");
    Path api = repository.resolve("api");
    try {
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> Files.exists(address) && Files.size(address) > 0);
      return new Kubo(daemon, url(api), URI.create(Files.readString(address).strip()));
    } catch (RuntimeException e) {
      daemon.destroyForcibly();
      throw e;
    }
  }

  /** Of an address such as {@code /ip4/127.0.0.1/tcp/5001}. */
  private static URI url(Path multiaddr) throws IOException {
    String[] parts = Files.readString(multiaddr).strip().split("/", -1);
    return URI.create("http://" + parts[2] + ":" + parts[4]);
  }

  private static Process process(Path program, Path repository, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(repository.resolveSibling("kubo.log").toFile()));
    Map<String, String> environment = builder.environment();
    environment.put("IPFS_PATH", repository.toString());
    environment.put("IPFS_TELEMETRY", "off");
    return builder.start();
  }

  private static void run(Path program, Path repository, String... arguments) throws IOException {
    Process process = process(program, repository, arguments);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(
            "ipfs "
                + String.join(" ", arguments)
                + " failed: "
                + Files.readString(repository.resolveSibling("kubo.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Where its RPC listens. */
  public URI api() {
    return api;
  }

  /** Where its gateway listens. */
  public URI gateway() {
    return gateway;
  }

  @Override
  public void close() {
    daemon.destroy();
    try {
      if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      daemon.destroyForcibly();
    }
  }
}
