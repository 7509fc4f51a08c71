package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a function asks of a node besides memory, and what nodes want to know of it.
 *
 * @param requires labels that the node must have
 * @param module the function's module; null when that does not matter
 * @param deployed whether a name points at the function; asked only when a node cares
 */
public record Needs(Map<String, String> requires, @Nullable Cid module, BooleanSupplier deployed) {
  /** A function that runs anywhere. */
  public static final Needs NONE = new Needs(Map.of(), null, () -> true);
}
