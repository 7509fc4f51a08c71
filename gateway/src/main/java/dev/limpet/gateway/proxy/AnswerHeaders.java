package dev.limpet.gateway.proxy;

import dev.limpet.protocol.HeaderRules;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which header lines of a node's answer reach the caller. */
public final class AnswerHeaders {
  /** What the platform says about an answer; a node may say it, a guest may not. */
  private static final Set<String> OURS =
      Set.of(
          "limpet-execution",
          "limpet-function",
          "limpet-data-bytes",
          "limpet-memo",
          "limpet-task",
          "limpet-receipt",
          "limpet-bytes-fetched",
          "limpet-blocks-read",
          "limpet-error");

  /** What only this listener may say; it sets them itself. */
  private static final Set<String> OWN =
      Set.of("content-security-policy", "x-content-type-options", "cross-origin-resource-policy");

  /** What starts so says which pages may read the answer; that too is up to this listener. */
  private static final String PAGES = "access-control-";

  /** What nodes usually say, as they write it, and whether it passes: found without more ado. */
  private static final Map<String, Boolean> USUAL = usual();

  private static final String KEEP_ALIVE = "keep-alive";

  private AnswerHeaders() {}

  private static Map<String, Boolean> usual() {
    Map<String, Boolean> usual = new HashMap<>();
    for (String name :
        List.of(
            "Cache-Control",
            "Connection",
            "Content-Length",
            "Content-Security-Policy",
            "Content-Type",
            "Cross-Origin-Resource-Policy",
            "Date",
            "ETag",
            "X-Content-Type-Options",
            Headers.BLOCKS_READ,
            Headers.BYTES_FETCHED,
            Headers.DATA_BYTES,
            Headers.EXECUTION,
            Headers.FUNCTION,
            Headers.MEMO,
            Headers.RECEIPT,
            Headers.SERVER_TIMING,
            Headers.TASK)) {
      usual.put(name, mayPass(name.toLowerCase(Locale.ROOT)));
    }
    return usual;
  }

  /**
   * What the {@code Connection} lines of an answer declare to be of its connection only.
   *
   * @throws LimpetException {@code bad-header} when they are malformed
   */
  static Set<String> ofConnection(MultiMap answer) {
    List<String> lines = answer.getAll(HttpHeaders.CONNECTION);
    // What nodes usually say; no header of that name passes anyhow.
    boolean usual = lines.isEmpty() || (lines.size() == 1 && lines.getFirst().equals(KEEP_ALIVE));
    return usual ? Set.of() : HeaderRules.connectionNames(lines);
  }

  /**
   * Copies the lines of {@code from} that may pass, several of one name staying several.
   *
   * @param ofConnection names in lower case that may not, from {@link #ofConnection}
   */
  public static void copyAnswer(MultiMap from, Set<String> ofConnection, MultiMap to) {
    for (Map.Entry<String, String> line : from) {
      if (mayPass(line.getKey(), ofConnection)) {
        to.add(KnownNames.of(line.getKey()), line.getValue());
      }
    }
  }

  /** Takes back what {@link #copyAnswer} wrote; caches are still told what it varied by. */
  static void drop(MultiMap from, Set<String> ofConnection, MultiMap to) {
    for (Map.Entry<String, String> line : from) {
      if (mayPass(line.getKey(), ofConnection) && !line.getKey().equalsIgnoreCase("Vary")) {
        to.remove(line.getKey());
      }
    }
  }

  private static boolean mayPass(String written, Set<String> ofConnection) {
    Boolean usual = ofConnection.isEmpty() ? USUAL.get(written) : null;
    if (usual != null) {
      return usual;
    }
    String name = written.toLowerCase(Locale.ROOT);
    return mayPass(name) && !ofConnection.contains(name);
  }

  private static boolean mayPass(String name) {
    if (HeaderRules.isOurs(name)) {
      return OURS.contains(name);
    }
    return name.equals("content-length") || (HeaderRules.guestMaySet(name) && !isOwn(name));
  }

  private static boolean isOwn(String name) {
    return OWN.contains(name) || name.startsWith(PAGES);
  }

  /** Copies the lines named in {@code allowed} and no other. */
  public static void copyAllowed(MultiMap from, MultiMap to, Iterable<String> allowed) {
    for (String name : allowed) {
      @Nullable String value = from.get(name);
      if (value != null) {
        to.set(name, value);
      }
    }
  }
}
