package dev.limpet.protocol;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list as every list resource answers it.
 *
 * @param items the items, in the order of the resource
 * @param next the {@code cursor} of the next page, or null on the last one
 */
public record Page<T>(List<T> items, @Nullable String next) {
  /** How many items a list answers when the caller asks for no number. */
  public static final int DEFAULT_LIMIT = 100;

  /** The largest {@code limit} of a list of functions, names or nodes; larger ones mean this. */
  public static final int MAX_LIMIT = 1000;

  /** The largest page of any list: that of a directory's entries. */
  public static final int MAX_ITEMS = 10_000;

  private static final Pattern PLACE = Pattern.compile("[0-9]{1,18}");

  /** Keeps a copy of the items. */
  public Page {
    items = Wire.list("items", items, MAX_ITEMS);
  }

  /** A list that fits one page. */
  public static <T> Page<T> of(List<T> items) {
    return new Page<>(items, null);
  }

  /**
   * Where a list goes on whose cursors are numbers; 0 without one.
   *
   * @throws LimpetException {@code bad-query} when it is no number
   */
  public static long place(@Nullable String cursor) {
    if (cursor == null) {
      return 0;
    }
    if (!isPlace(cursor)) {
      throw badCursor(null);
    }
    return Long.parseLong(cursor);
  }

  /** Whether a cursor is a number, of at most 18 digits. */
  public static boolean isPlace(String cursor) {
    return PLACE.matcher(cursor).matches();
  }

  /** A cursor that no page of the list can have said, {@code bad-query}. */
  public static LimpetException badCursor(@Nullable Exception cause) {
    return new LimpetException(ErrorCode.BAD_QUERY, "cursor is not one that this list gave", cause);
  }
}
