package dev.limpet.node.http;

import dev.limpet.content.unixfs.ByteSpan;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which blocks a CAR is to have (trustless gateway specification, sections 2.1 and 4.3). A
 * parameter of the query wins over that of the media type in {@code Accept}.
 *
 * @param scope how much of what the path names
 * @param span which bytes of a file
 * @param anyOrder whether the caller takes blocks in any order; they come depth first all the same
 * @param repeats whether a block comes each time it is linked
 */
record CarSelection(Scope scope, ByteSpan span, boolean anyOrder, boolean repeats) {
  /** Query parameters that have no meaning for another form. */
  static final List<String> PARAMETERS =
      List.of("dag-scope", "entity-bytes", "car-version", "car-order", "car-dups");

  /** Parameters of the media type; in the query {@code car-} stands before them. */
  static final List<String> NEGOTIATED = List.of("dups", "order", "version");

  private static final Pattern SPAN = Pattern.compile("(-?[0-9]{1,18}):(-?[0-9]{1,18}|\\*)");

  /** How much of what the path names. */
  enum Scope {
    /** The block at the end of the path. */
    BLOCK,
    /** The file, or the directory without what is in it. */
    ENTITY,
    /** Everything below. */
    ALL
  }

  /**
   * Reads it.
   *
   * @throws LimpetException {@code bad-query} for what the specification does not know
   */
  static CarSelection of(QueryParameters query, Wish wish) {
    if (!parameter(query, wish, "version", "1").equals("1")) {
      throw bad("CARs are written in version 1; ask for car-version=1, or for no version");
    }
    boolean anyOrder =
        switch (parameter(query, wish, "order", "dfs")) {
          case "dfs" -> false;
          case "unk" -> true;
          default -> throw bad("the order of a CAR is dfs or unk");
        };
    boolean repeats =
        switch (parameter(query, wish, "dups", "n")) {
          case "n" -> false;
          case "y" -> true;
          default -> throw bad("dups of a CAR is y or n");
        };
    ByteSpan span = query.one("entity-bytes").map(CarSelection::span).orElse(ByteSpan.WHOLE);
    boolean ranged = query.one("entity-bytes").isPresent();
    Scope scope =
        switch (query.one("dag-scope").orElse(ranged ? "entity" : "all")) {
          case "block" -> Scope.BLOCK;
          case "entity" -> Scope.ENTITY;
          case "all" -> ranged ? Scope.ENTITY : Scope.ALL;
          default -> throw bad("dag-scope is block, entity or all");
        };
    return new CarSelection(scope, span, anyOrder, repeats);
  }

  private static String parameter(QueryParameters query, Wish wish, String name, String otherwise) {
    return query
        .one("car-" + name)
        .orElseGet(() -> wish.parameters().getOrDefault(name, otherwise));
  }

  private static ByteSpan span(String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw bad("entity-bytes is FROM:TO, such as 0:1023, 1024:* or -1024:*");
    }
    long from = Long.parseLong(matcher.group(1));
    long to = matcher.group(2).equals("*") ? ByteSpan.END : Long.parseLong(matcher.group(2));
    boolean sameSide = from < 0 == to < 0;
    if (sameSide && from > to) {
      throw bad("entity-bytes ends before it begins");
    }
    return new ByteSpan(from, to);
  }

  /** The media type of such a CAR. */
  String mediaType() {
    return DagsResource.CAR
        + "; version=1; order="
        + (anyOrder ? "unk" : "dfs")
        + "; dups="
        + (repeats ? "y" : "n");
  }

  private static LimpetException bad(String detail) {
    return new LimpetException(ErrorCode.BAD_QUERY, detail);
  }
}
