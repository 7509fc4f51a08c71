package dev.limpet.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a gateway and a node process have in common on the command line. */
final class ServerProcessOptions {
  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen; port 0 takes a free one.")
  private @Nullable String listen;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM file with the certificate for https; read again when it changes.")
  private @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM file with its private key, PKCS #8, mode 0600.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--node-ca",
      paramLabel = "FILE",
      description =
          "PEM file with the authorities to believe when a node shows its certificate (default:"
              + " those of the machine).")
  private @Nullable Path nodeCa;

  @Option(names = "--dir", paramLabel = "DIR", description = "Where its data lives.")
  private @Nullable Path directory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Its configuration, 'key = value' a line: docs/CONFIG.md.")
  private @Nullable Path config;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "A line of JSON for each request, to a file or, with -, to standard output.")
  private @Nullable String accessLog;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting; wins over the file and the environment.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--supervised", hidden = true, description = "Stop when standard input ends.")
  private boolean supervised;

  @Option(names = "--json", description = "Print {\"ready\":URL} instead of 'ready URL'.")
  private boolean json;

  /** All that was given, {@code more} as settings of the process at hand. */
  ServerLaunch launch(List<String> more) {
    List<String> all = new ArrayList<>();
    add(all, "listen", listen);
    add(all, "tls-cert", tlsCertificate);
    add(all, "tls-key", tlsKey);
    add(all, "node-ca", nodeCa);
    add(all, "dir", directory);
    add(all, "access-log", accessLog);
    all.addAll(more);
    all.addAll(settings);
    return new ServerLaunch(config, all, supervised, json);
  }

  static void add(List<String> settings, String key, @Nullable Object value) {
    if (value != null) {
      settings.add(key + "=" + value);
    }
  }
}
