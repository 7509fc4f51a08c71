package dev.limpet.gateway;

import dev.limpet.content.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A gateway in a JVM of its own, to be killed. */
final class GatewayProcess {
  private final Process process;
  private final URI url;

  private GatewayProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** What runs there. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
      List<String> settings = List.of("listen=127.0.0.1:0", "dir=" + args[0]);
      Gateway gateway = Gateway.start(GatewayConfig.load(null, Map.of(), settings));
      System.out.println(gateway.url());
      new CountDownLatch(1).await();
    }
  }

  static GatewayProcess start(Path dir) throws IOException {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx128m", "--enable-native-access=ALL-UNNAMED"),
                    Main.class,
                    List.of(dir.toString())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("the gateway did not start");
    }
    return new GatewayProcess(process, URI.create(line));
  }

  URI url() {
    return url;
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }
}
