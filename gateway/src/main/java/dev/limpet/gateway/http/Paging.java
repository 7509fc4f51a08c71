package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.QueryParameters;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param cursor the key of the last item that the caller has; null from the beginning
 * @param limit items at most
 */
public record Paging(@Nullable String cursor, int limit) {
  /** Reads {@code limit} and {@code cursor}; larger limits mean the largest. */
  static Paging of(QueryParameters query) {
    return among(query, List.of());
  }

  /** The same among other parameters, which are the caller's to read. */
  public static Paging among(QueryParameters query, List<String> others) {
    query.onlyKnown(Stream.concat(others.stream(), Stream.of("limit", "cursor")).toList());
    int limit = query.one("limit").map(Paging::number).orElse(Page.DEFAULT_LIMIT);
    return new Paging(query.one("cursor").orElse(null), Math.min(limit, Page.MAX_LIMIT));
  }

  private static int number(String text) {
    try {
      long value = Long.parseLong(text);
      if (value > 0) {
        return (int) Math.min(value, Page.MAX_LIMIT);
      }
    } catch (NumberFormatException e) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "limit is a whole number from 1", e);
    }
    throw new LimpetException(ErrorCode.BAD_QUERY, "limit is a whole number from 1");
  }

  /** How many items to look up: one more than fit shows whether there are more. */
  public int wanted() {
    return limit + 1;
  }

  /** The page of what was looked up. */
  public <S, T> Page<T> page(List<S> found, Function<S, T> shown, Function<S, String> key) {
    boolean more = found.size() > limit;
    List<S> here = more ? found.subList(0, limit) : found;
    return new Page<>(here.stream().map(shown).toList(), more ? key.apply(here.getLast()) : null);
  }
}
