package dev.limpet.content;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of others that tests compare with, as {@code benchmarks/compare} and {@code .ci/nightly}
 * build them and keep them in the user's cache.
 */
public final class BuiltPeer {
  /** The version of Kubo that tests compare with. */
  public static final String KUBO = "0.43.0";

  private BuiltPeer() {}

  /**
   * Kubo, which {@code -Dlimpet.kubo=FILE} may name; the test is skipped without.
   *
   * @return the program {@code ipfs}
   */
  public static Path kubo() {
    return path("limpet.kubo", "kubo-" + KUBO + "/ipfs");
  }

  /**
   * What a test needs of a peer; the test is skipped without.
   *
   * @param property the system property that may name it
   * @param name where it is below the folder of peers
   * @return the file or folder
   */
  public static Path path(String property, String name) {
    Path path = Path.of(System.getProperty(property, built(name).toString())).toAbsolutePath();
    Assumptions.assumeTrue(
        Files.exists(path),
        "skipped: no " + name + " at " + path + "; name it: -D" + property + "=PATH");
    return path;
  }

  /** As {@code benchmarks/peers/install.py} has it. */
  private static Path built(String name) {
    String cache =
        Objects.requireNonNullElse(
            System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home") + "/.cache");
    String peers = System.getenv("LIMPET_PEERS");
    Path folder = peers == null ? Path.of(cache, "limpet", "peers") : Path.of(peers);
    return folder.resolve(name);
  }
}
