package dev.limpet.cli.map;

import dev.limpet.cli.client.Targets;
import java.util.List;

/**
 * A function, and what it is told besides its data.
 *
 * @param function NAME, NAME@VERSION or a CID
 * @param arguments the same in each call
 */
public record Work(String function, List<String> arguments) {
  /** Keeps a copy. */
  public Work {
    arguments = List.copyOf(arguments);
  }

  /** The raw request target that calls it on {@code data}, {@code CID[/PATH]}. */
  String on(String data) {
    return Targets.called(List.of(data))
        + Targets.function(function)
        + Targets.queryOf(Targets.arguments(arguments));
  }
}
