package dev.limpet.node.rpc;

import dev.limpet.protocol.QueryParameters;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Arguments and options of a call as they stand in its query. What a command does not know is
 * ignored, since clients send every default; of an option that stands there twice the first counts.
 */
final class Options {
  private static final Set<String> TRUE = Set.of("", "1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private final QueryParameters query;

  Options(QueryParameters query) {
    this.query = query;
  }

  List<String> arguments() {
    return query.values("arg");
  }

  /**
   * The first argument.
   *
   * @param name what Kubo calls it
   * @throws RpcException when there is none
   */
  String argument(String name) {
    return required(name).getFirst();
  }

  /** All arguments, at least one. */
  List<String> required(String name) {
    List<String> all = arguments();
    if (all.isEmpty()) {
      throw RpcException.usage("argument \"" + name + "\" is required");
    }
    return all;
  }

  /** An option by its name, or by the one letter that stands for it. */
  Optional<String> find(String... names) {
    for (String name : names) {
      List<String> values = query.values(name);
      if (!values.isEmpty()) {
        return Optional.of(values.getFirst());
      }
    }
    return Optional.empty();
  }

  String text(String otherwise, String... names) {
    return find(names).orElse(otherwise);
  }

  boolean flag(boolean otherwise, String... names) {
    Optional<String> value = find(names);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!TRUE.contains(value.get()) && !FALSE.contains(value.get())) {
      throw wrong(names[0], value.get(), "bool");
    }
    return TRUE.contains(value.get());
  }

  long number(long otherwise, String... names) {
    Optional<String> value = find(names);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value.get());
    } catch (NumberFormatException e) {
      throw wrong(names[0], value.orElse(""), "int64");
    }
  }

  private static RpcException wrong(String name, String value, String type) {
    return RpcException.usage(
        "could not convert value \""
            + value
            + "\" to type \""
            + type
            + "\" (for option \"-"
            + name
            + "\")");
  }
}
