package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which receipts are wanted: those for which everything that is said holds.
 *
 * @param functions CIDs of manifests, one of which it must be; empty for any
 * @param data what it must have run on, as it was named or as it resolved; null for any
 * @param execution the one Execution; null for any
 * @param since the first moment at which it may have begun; null for any
 * @param until the first moment at which it may not have begun any more; null for none
 */
public record ReceiptQuery(
    Set<Cid> functions,
    @Nullable Cid data,
    @Nullable ExecutionId execution,
    @Nullable Instant since,
    @Nullable Instant until) {
  /** Functions of one question: the versions of a name. */
  public static final int MAX_ASKED_FUNCTIONS = 64;

  /** The names of the parameters. */
  public static final List<String> PARAMETERS =
      List.of("function", "data", "execution", "since", "until");

  /** The first moment that a question may name: no receipt is from before. */
  public static final Instant FIRST = Instant.EPOCH;

  /** The last one: later years have a form of their own, which travels in no query. */
  public static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException when a time is none that may be named
   */
  public ReceiptQuery {
    functions = Set.copyOf(functions);
    requireTime("since", since);
    requireTime("until", until);
  }

  private static void requireTime(String name, @Nullable Instant time) {
    if (time != null && (time.isBefore(FIRST) || time.isAfter(LAST))) {
      throw new IllegalArgumentException(name + " is a time from the year 1970 to 9999");
    }
  }

  /**
   * Reads the parameters.
   *
   * @throws LimpetException {@code bad-query} or {@code bad-cid}
   */
  public static ReceiptQuery of(QueryParameters query) {
    List<String> functions = query.values("function");
    if (functions.size() > MAX_ASKED_FUNCTIONS) {
      throw bad("at most " + MAX_ASKED_FUNCTIONS + " functions can be asked for at once", null);
    }
    Set<Cid> wanted = new HashSet<>();
    functions.forEach(text -> wanted.add(cid("function", text)));
    return new ReceiptQuery(
        wanted,
        query.one("data").map(text -> cid("data", text)).orElse(null),
        query.one("execution").map(ReceiptQuery::execution).orElse(null),
        query.one("since").map(text -> time("since", text)).orElse(null),
        query.one("until").map(text -> time("until", text)).orElse(null));
  }

  private static Cid cid(String name, String text) {
    try {
      return Cid.parse(text).toV1();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CID, name + ": " + e.getMessage(), e);
    }
  }

  private static ExecutionId execution(String text) {
    try {
      return ExecutionId.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()), e);
    }
  }

  private static Instant time(String name, String text) {
    try {
      Instant time = Instant.parse(text);
      requireTime(name, time);
      return time;
    } catch (DateTimeException e) {
      throw bad(name + " is a time such as 2026-11-26T20:00:00Z", e);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()), e);
    }
  }

  private static LimpetException bad(String why, @Nullable Exception cause) {
    return new LimpetException(ErrorCode.BAD_QUERY, why, cause);
  }

  /** The parameters for another server, each behind {@code &}. */
  public String toQuery() {
    StringBuilder query = new StringBuilder();
    functions.stream()
        .map(Cid::toString)
        .sorted()
        .forEach(function -> add(query, "function", function));
    add(query, "data", data);
    add(query, "execution", execution);
    add(query, "since", since);
    add(query, "until", until);
    return query.toString();
  }

  /** None of the values has a character that a query would read otherwise. */
  private static void add(StringBuilder query, String name, @Nullable Object value) {
    if (value != null) {
      query.append('&').append(name).append('=').append(value);
    }
  }

  /** Whether that moment is one at which it may have begun. */
  public boolean covers(Instant started) {
    return (since == null || !started.isBefore(since))
        && (until == null || started.isBefore(until));
  }

  /**
   * Whether that receipt is wanted.
   *
   * @throws IllegalArgumentException when its work is not that of a Task
   */
  public boolean wants(Receipt receipt) {
    return covers(receipt.ran().started())
        && (execution == null || execution.equals(receipt.ran().execution()))
        && (functions.isEmpty() || functions.contains(receipt.work().function().toV1()))
        && (data == null || isOn(data, receipt.work().inputs()) || resolved(receipt, data));
  }

  private static boolean resolved(Receipt receipt, Cid data) {
    return receipt.work().data().stream().anyMatch(cid -> cid.toV1().equals(data));
  }

  /** Whether one of the inputs, {@code CID[/PATH]}, names that data. */
  public static boolean isOn(Cid data, List<String> inputs) {
    return inputs.stream().anyMatch(input -> isRoot(data, input));
  }

  private static boolean isRoot(Cid data, String input) {
    int slash = input.indexOf('/');
    try {
      return Cid.parse(slash < 0 ? input : input.substring(0, slash)).toV1().equals(data);
    } catch (IllegalArgumentException e) {
      return false; // what is no CID names no data
    }
  }
}
