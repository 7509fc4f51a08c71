package dev.limpet.gateway.proxy;

import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which header lines of a node's answer reach the caller. */
public final class AnswerHeaders {
  /** Lines of one connection (RFC 9110 section 7.6.1), and what only this listener may say. */
  private static final Set<String> DROPPED =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "alt-svc",
          "clear-site-data",
          "date",
          "server",
          "service-worker-allowed",
          "strict-transport-security",
          "via",
          "content-security-policy",
          "x-content-type-options",
          "access-control-allow-credentials",
          "access-control-allow-headers",
          "access-control-allow-methods",
          "access-control-allow-origin",
          "access-control-expose-headers",
          "access-control-max-age");

  private AnswerHeaders() {}

  /** Copies the lines of {@code from} that may pass, several of one name staying several. */
  public static void copyAnswer(MultiMap from, MultiMap to) {
    String connection = from.get("Connection");
    Set<String> named = connection == null ? Set.of() : names(from);
    for (Map.Entry<String, String> line : from) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      if (!DROPPED.contains(name) && !named.contains(name)) {
        to.add(line.getKey(), line.getValue());
      }
    }
  }

  private static Set<String> names(MultiMap headers) {
    String all = String.join(",", headers.getAll("Connection"));
    return Set.of(
        Arrays.stream(all.toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::strip)
            .distinct()
            .toArray(String[]::new));
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
