package dev.limpet.cli.up;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that {@code up} keeps running, with a few lines of shell in its place. */
@Timeout(60)
final class ServerTest {
  private static final URI URL = URI.create("http://127.0.0.1:4711");

  /** Is ready each time, ends as sick the first time, and runs until its input ends the second. */
  private static final String SICK_AT_FIRST =
      """
      echo "$*" >> starts
      echo "ready %s"
      test -e ended && exec cat
      touch ended
      exit %d
      """
          .formatted(URL, ExitCode.SICK.number());

  private final List<String> log = new CopyOnWriteArrayList<>();

  @Test
  void a_node_that_ends_because_it_is_sick_is_started_again_at_the_same_port(@TempDir Path dir)
      throws IOException {
    List<String> command =
        List.of("/bin/sh", "-c", "cd \"$1\" && shift\n" + SICK_AT_FIRST, "sh", dir.toString());
    Server server = Server.start(new Server.Launch("node-1", command, "127.0.0.1:0"), log::add);
    try {
      Path starts = dir.resolve("starts");
      await().until(() -> Files.readAllLines(starts).size() == 2);
      assertEquals(
          List.of("--listen 127.0.0.1:0", "--listen " + URL.getAuthority()),
          Files.readAllLines(starts));
      await().until(() -> ProcessHandle.of(server.pid()).isPresent());
      assertTrue(
          log.contains("node-1: ended with exit code 75, starts again in 250 ms"), log::toString);
    } finally {
      server.stop();
    }
    assertEquals(2, Files.readAllLines(dir.resolve("starts")).size(), "it was stopped for good");
  }
}
