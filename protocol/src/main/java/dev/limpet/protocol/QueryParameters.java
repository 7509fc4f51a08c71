package dev.limpet.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The query of a request target: {@code name=value} parts between {@code &}, in their order. Names
 * and values are decoded as a form encodes them: {@code +} is a space, percent-encoding is strict.
 */
public record QueryParameters(List<Parameter> all) {
  /** Parts of one query; more than arguments and inputs of a call together. */
  public static final int MAX_PARAMETERS = 512;

  /**
   * One part.
   *
   * @param name decoded
   * @param value decoded; empty when there was none
   * @param raw as it stood in the target
   */
  public record Parameter(String name, String value, String raw) {
    /** Whether it is the platform's: it starts with {@code limpet-}, in any case. */
    public boolean isOurs() {
      return name.toLowerCase(Locale.ROOT).startsWith("limpet-");
    }
  }

  /** Keeps a copy. */
  public QueryParameters {
    all = List.copyOf(all);
  }

  /** No parameters. */
  public static final QueryParameters NONE = new QueryParameters(List.of());

  /**
   * Reads a raw query, without the question mark. Empty parts are left out.
   *
   * @throws LimpetException {@code bad-query} for what does not decode, or for more than {@link
   *     #MAX_PARAMETERS} parts
   */
  public static QueryParameters parse(String rawQuery) {
    List<Parameter> all = new ArrayList<>();
    for (String raw : rawQuery.split("&", -1)) {
      if (raw.isEmpty()) {
        continue;
      }
      if (all.size() == MAX_PARAMETERS) {
        throw new LimpetException(
            ErrorCode.BAD_QUERY, "a query has more than " + MAX_PARAMETERS + " parameters");
      }
      int equals = raw.indexOf('=');
      String name = equals < 0 ? raw : raw.substring(0, equals);
      String value = equals < 0 ? "" : raw.substring(equals + 1);
      all.add(new Parameter(decode(name), decode(value), raw));
    }
    return new QueryParameters(all);
  }

  private static String decode(String raw) {
    return PercentText.decode(raw, true, ErrorCode.BAD_QUERY);
  }

  /**
   * The value of a parameter that may stand there once.
   *
   * @throws LimpetException {@code bad-query} when it stands there twice
   */
  public Optional<String> one(String name) {
    List<String> values = values(name);
    if (values.size() > 1) {
      throw new LimpetException(
          ErrorCode.BAD_QUERY, "the query parameter " + name + " may stand there only once");
    }
    return values.stream().findFirst();
  }

  /**
   * The value of a parameter that must stand there once.
   *
   * @param missing what its absence means, as a sentence
   * @throws LimpetException {@code bad-query} when it is missing or stands there twice
   */
  public String required(String name, String missing) {
    return one(name).orElseThrow(() -> new LimpetException(ErrorCode.BAD_QUERY, missing));
  }

  /** All values of a parameter, in their order. */
  public List<String> values(String name) {
    if (all.isEmpty()) {
      return List.of();
    }
    List<String> values = new ArrayList<>(1);
    for (Parameter parameter : all) {
      if (parameter.name().equals(name)) {
        values.add(parameter.value());
      }
    }
    return List.copyOf(values);
  }

  /**
   * Refuses parameters that a resource does not have, so that a misspelt one is noticed.
   *
   * @throws LimpetException {@code bad-query} that names the first one and what is known
   */
  public void onlyKnown(List<String> known) {
    for (Parameter parameter : all) {
      if (!known.contains(parameter.name())) {
        throw new LimpetException(
            ErrorCode.BAD_QUERY,
            "the query parameter "
                + PercentText.shown(parameter.name())
                + " is unknown here; known are: "
                + String.join(", ", known));
      }
    }
  }
}
