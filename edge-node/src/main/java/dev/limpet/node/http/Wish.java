package dev.limpet.node.http;

import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.access.BodyRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * In which form a caller wants data, by the query or by {@code Accept}.
 *
 * @param format the form; the query wins
 * @param negotiated whether it was {@code Accept} that named it
 * @param html whether the caller names {@code text/html}, as browsers do
 * @param parameters of the media type in {@code Accept}, names and values in lower case
 */
record Wish(DataFormat format, boolean negotiated, boolean html, Map<String, String> parameters) {
  /** The query parameter that names a form. */
  static final String FORMAT = "format";

  /** Media types of one {@code Accept} that are looked at; browsers send some ten. */
  static final int MAX_ACCEPTED_TYPES = 64;

  private static final String HTML = "text/html";

  /** Keeps a copy. */
  Wish {
    parameters = Map.copyOf(parameters);
  }

  private record Range(String type, Map<String, String> parameters, double weight) {}

  /**
   * Reads it. Of several media types in {@code Accept} the one with the greatest weight counts, of
   * equal ones the first; those that name no form of ours do not count.
   *
   * @throws dev.limpet.protocol.LimpetException {@code bad-query} for a format that does not exist
   */
  static Wish of(QueryParameters query, Optional<String> accept) {
    List<Range> ranges = accept.isEmpty() ? List.of() : ranges(accept.get());
    boolean html = ranges.stream().anyMatch(range -> range.type.equals(HTML));
    Optional<String> format = query.one(FORMAT);
    if (format.isPresent()) {
      DataFormat named = DataFormat.ofParameter(format.get());
      Map<String, String> parameters = Map.of();
      for (Range range : ranges) {
        if (DataFormat.ofType(range.type) == named) {
          parameters = range.parameters;
          break;
        }
      }
      return new Wish(named, false, html, parameters);
    }
    Range best = null;
    for (Range range : ranges) {
      boolean ours = DataFormat.ofType(range.type) != null && range.weight > 0;
      if (ours && (best == null || range.weight > best.weight)) {
        best = range;
      }
    }
    DataFormat wanted = best == null ? null : DataFormat.ofType(best.type);
    return best == null || wanted == null
        ? new Wish(DataFormat.PLAIN, false, html, Map.of())
        : new Wish(wanted, true, html, best.parameters);
  }

  private static List<Range> ranges(String accept) {
    List<Range> ranges = new ArrayList<>();
    for (String part : accept.split(",", MAX_ACCEPTED_TYPES + 1)) {
      Map<String, String> parameters = new HashMap<>();
      String[] pieces = part.split(";", -1);
      for (int i = 1; i < pieces.length; i++) {
        int equals = pieces[i].indexOf('=');
        if (equals > 0) {
          parameters.putIfAbsent(
              pieces[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
              bare(pieces[i].substring(equals + 1)));
        }
      }
      ranges.add(new Range(BodyRule.mediaType(part), parameters, weight(parameters.remove("q"))));
    }
    return ranges;
  }

  private static String bare(String value) {
    String text = value.strip().toLowerCase(Locale.ROOT);
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /** What is no weight is as good as none. */
  private static double weight(@Nullable String q) {
    return q == null || !q.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? 1 : Double.parseDouble(q);
  }
}
