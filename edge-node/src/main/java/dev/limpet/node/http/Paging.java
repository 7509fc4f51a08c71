package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.QueryParameters;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list is asked for.
 *
 * @param limit items of the page, from 1
 * @param cursor what the page before said, or null for the first page
 */
record Paging(int limit, @Nullable String cursor) {
  static final String LIMIT = "limit";
  static final String CURSOR = "cursor";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  /** Reads {@code limit} and {@code cursor}; a larger limit means {@code most}. */
  static Paging of(QueryParameters query, int most) {
    return of(query, most, Page.DEFAULT_LIMIT);
  }

  /** The same where {@code otherwise} counts when no limit is named. */
  static Paging of(QueryParameters query, int most, int otherwise) {
    String limit = query.one(LIMIT).orElse(Integer.toString(otherwise));
    if (!NUMBER.matcher(limit).matches() || Integer.parseInt(limit) < 1) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "limit is a whole number from 1");
    }
    return new Paging(Math.min(most, Integer.parseInt(limit)), query.one(CURSOR).orElse(null));
  }
}
