package dev.limpet.protocol;

import java.util.List;
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

  /** Keeps a copy of the items. */
  public Page {
    items = Wire.list("items", items, MAX_ITEMS);
  }

  /** A list that fits one page. */
  public static <T> Page<T> of(List<T> items) {
    return new Page<>(items, null);
  }
}
