package dev.limpet.node.rpc;

import dev.limpet.protocol.QueryParameters;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Options of a call as they stand in its query. What a command does not know is ignored, since
 * clients send every default.
 */
final class Options {
  private static final Set<String> TRUE = Set.of("", "1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private final QueryParameters query;

  Options(QueryParameters query) {
    this.query = query;
  }

  /**
   * An option by its name, or by the one letter that stands for it.
   *
   * @throws RpcException when it stands there twice
   */
  Optional<String> find(String... names) {
    for (String name : names) {
      List<String> values = query.values(name);
      if (values.size() > 1) {
        throw RpcException.usage(
            "expected key "
                + names[0]
                + " to have only a single value, received ["
                + String.join(" ", values)
                + "]");
      }
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

  /** A number of 64 bits. */
  long number(long otherwise, String... names) {
    return number(otherwise, "int64", Long.MIN_VALUE, Long.MAX_VALUE, names);
  }

  /** A number of 32 bits. */
  int integer(int otherwise, String... names) {
    return (int) number(otherwise, "int", Integer.MIN_VALUE, Integer.MAX_VALUE, names);
  }

  /** A number of 64 bits that is not negative; the largest half of those that Kubo takes. */
  long unsigned(long otherwise, String... names) {
    return number(otherwise, "uint64", 0, Long.MAX_VALUE, names);
  }

  private long number(long otherwise, String type, long least, long most, String... names) {
    Optional<String> value = find(names);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(names[0], value.get(), type);
    }
    throw wrong(names[0], value.get(), type);
  }

  private static RpcException wrong(String name, String value, String type) {
    return RpcException.usage(
        "could not convert "
            + (value.isEmpty() ? "empty value" : "value \"" + value + "\"")
            + " to type \""
            + type
            + "\" (for option \"-"
            + name
            + "\")");
  }
}
