package dev.limpet.gateway.call;

import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.access.HeaderLines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for, as far as it can be read without knowing the function.
 *
 * @param exchange its request
 * @param caller what is known of who asks
 * @param target the request target
 * @param inputs the data, {@code /data} first
 * @param dataInHeader whether an input came in {@code Limpet-Data}
 * @param deadlineNanos until when an answer is of use, on the clock of {@link System#nanoTime}
 * @param maxFetchBytes how much may travel, between nodes or from outside
 * @param memo what the caller wants of the memo
 * @param memoryHash whether the receipt is to have the hash of the function's memory
 * @param async whether the caller wants to come back for the answer
 * @param waiter whoever waits for the answer
 * @param turn what it has to do with the memo
 */
record AskedCall(
    Exchange exchange,
    Caller caller,
    RequestTarget.Call target,
    List<DataRef> inputs,
    boolean dataInHeader,
    long deadlineNanos,
    long maxFetchBytes,
    MemoWish memo,
    boolean memoryHash,
    boolean async,
    Waiter waiter,
    MemoTurn turn) {

  /** Longest value of a request header that goes into an Invocation; records refuse longer text. */
  static final int MAX_HEADER_VALUE_CHARS = 4096;

  /** The preference of a caller who does not wait. */
  static final String RESPOND_ASYNC = "respond-async";

  /**
   * Reads a request.
   *
   * @throws LimpetException {@code bad-header}, {@code bad-arguments}, {@code body-not-allowed} or
   *     {@code body-too-large}
   */
  static AskedCall read(
      Exchange exchange, Caller caller, RequestTarget.Call target, Duration maxTime) {
    HeaderLines headers = exchange.headers();
    checkBody(exchange);
    List<String> inHeader = headers.values(Headers.DATA);
    List<DataRef> inputs = inputs(target, inHeader);
    MemoWish memo = MemoWish.of(headers.values("Cache-Control"));
    return new AskedCall(
        exchange,
        caller,
        target,
        inputs,
        !inHeader.isEmpty(),
        System.nanoTime() + timeout(headers, maxTime).toNanos(),
        maxFetch(headers, caller),
        memo,
        memoryHash(headers, caller, memo),
        caller != Caller.PUBLIC && !exchange.is(HttpMethod.HEAD) && prefersAsync(headers),
        new Waiter.Caller(exchange),
        MemoTurn.NONE);
  }

  /** The one in the path first, then those of the query, then those of headers. */
  private static List<DataRef> inputs(RequestTarget.Call target, List<String> inHeader) {
    if (inHeader.size() + target.inputs().size() > Invocation.MAX_INPUTS) {
      throw new LimpetException(
          ErrorCode.BAD_ARGUMENTS,
          "a call has at most " + Invocation.MAX_INPUTS + " inputs; put them into one directory");
    }
    List<DataRef> inputs = new ArrayList<>(target.inputs());
    inHeader.forEach(line -> inputs.add(DataRef.parseEncoded(line)));
    return List.copyOf(inputs);
  }

  private static void checkBody(Exchange exchange) {
    boolean reads = exchange.is(HttpMethod.GET) || exchange.is(HttpMethod.HEAD);
    if (reads && exchange.body().declaredLength() != 0) {
      throw new LimpetException(
          ErrorCode.BODY_NOT_ALLOWED, "a call with GET or HEAD takes no body; use POST");
    }
    if (exchange.body().isDeclaredTooLarge()) {
      throw tooLarge();
    }
  }

  static LimpetException tooLarge() {
    return new LimpetException(
        ErrorCode.BODY_TOO_LARGE,
        "the body is longer than this gateway takes; "
            + "add large data with limpet add and call on it");
  }

  /** RFC 7240: a preference is a word, perhaps with a value and parameters, among others. */
  private static boolean prefersAsync(HeaderLines headers) {
    for (String line : headers.values("Prefer")) {
      for (String preference : line.split(",", -1)) {
        int end = preference.indexOf(';');
        String word = end < 0 ? preference : preference.substring(0, end);
        if (word.strip().equalsIgnoreCase(RESPOND_ASYNC)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same call with somebody else who waits for its answer. */
  AskedCall with(Waiter other) {
    return with(other, turn);
  }

  /** The same call with something to do with the memo. */
  AskedCall with(MemoTurn other) {
    return with(waiter, other);
  }

  private AskedCall with(Waiter otherWaiter, MemoTurn otherTurn) {
    return new AskedCall(
        exchange,
        caller,
        target,
        inputs,
        dataInHeader,
        deadlineNanos,
        maxFetchBytes,
        memo,
        memoryHash,
        async,
        otherWaiter,
        otherTurn);
  }

  private static Duration timeout(HeaderLines headers, Duration max) {
    Duration wanted = wantedTime(headers);
    return wanted != null && wanted.compareTo(max) < 0 ? wanted : max;
  }

  /**
   * The time that the caller gives, null when it says nothing of it.
   *
   * @throws LimpetException {@code bad-header}
   */
  static @Nullable Duration wantedTime(HeaderLines headers) {
    String value = one(headers, Headers.TIMEOUT);
    if (value == null) {
      return null;
    }
    try {
      Duration wanted = Durations.parse(value);
      if (!wanted.isZero()) {
        return wanted;
      }
    } catch (IllegalArgumentException e) {
      throw badHeader(Headers.TIMEOUT, String.valueOf(e.getMessage()));
    }
    throw badHeader(Headers.TIMEOUT, "at least 1ms is needed");
  }

  private static long maxFetch(HeaderLines headers, Caller caller) {
    String value = one(headers, Headers.MAX_FETCH);
    try {
      long wanted = value == null ? Question.DEFAULT_MAX_FETCH_BYTES : ByteSizes.parse(value);
      return caller == Caller.PUBLIC ? 0 : wanted;
    } catch (IllegalArgumentException e) {
      throw badHeader(Headers.MAX_FETCH, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String one(HeaderLines headers, String name) {
    List<String> values = headers.values(name);
    if (values.size() > 1) {
      throw badHeader(name, "it may stand there only once");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  private static LimpetException badHeader(String name, String why) {
    return new LimpetException(ErrorCode.BAD_HEADER, name + ": " + why);
  }

  /**
   * All lines of a header as one value, or null without one.
   *
   * @throws LimpetException {@code headers-too-large} when that is longer than {@link
   *     #MAX_HEADER_VALUE_CHARS}
   */
  @Nullable String joined(String name) {
    List<String> values = exchange.headers().values(name);
    if (values.isEmpty()) {
      return null;
    }
    String joined = values.size() == 1 ? values.getFirst() : String.join(", ", values);
    if (joined.length() > MAX_HEADER_VALUE_CHARS) {
      throw new LimpetException(
          ErrorCode.HEADERS_TOO_LARGE,
          name + " has more than " + MAX_HEADER_VALUE_CHARS + " characters");
    }
    return joined;
  }

  /** Each root that is wanted, once, as long as nobody knows how much of it. */
  List<Question.Wanted> roots() {
    if (inputs.isEmpty()) {
      return List.of();
    }
    return inputs.stream().map(DataRef::root).distinct().map(Question.Wanted::whole).toList();
  }

  /** The name that the caller used for the function, with its version; null for a CID. */
  @Nullable String functionName() {
    return switch (target.function()) {
      case FunctionRef.ByName name -> name.toString();
      case FunctionRef.ByCid _ -> null;
    };
  }

  /** Whole milliseconds until the deadline; 0 when it is over. */
  long remainingMillis() {
    return Math.max(0, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }

  /**
   * What {@code promised} comes to, or {@code out-of-time} when the time of the call is over
   * before.
   *
   * @param what should have been by then, for the sentence of the error
   */
  <T> Future<T> inTime(Promise<T> promised, String what) {
    Vertx vertx = exchange.vertx();
    long timer =
        vertx.setTimer(Math.max(1, remainingMillis()), _ -> promised.tryFail(outOfTime(what)));
    return promised.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  private static LimpetException outOfTime(String what) {
    return new LimpetException(
        ErrorCode.OUT_OF_TIME, "the time for this call was over before " + what);
  }

  /**
   * The node that is to run it, or not to, when that can be; null for every call that may be
   * answered from memory, for such an answer ran where it ran.
   *
   * @throws LimpetException {@code bad-header} when it is said more than once, {@code unauthorized}
   *     to the public, which does not choose nodes
   */
  Question.@Nullable Pick pick() {
    String avoided = forRuns(exchange.headers(), caller, memo, Headers.AVOID);
    String wanted = forRuns(exchange.headers(), caller, memo, Headers.NODE);
    if (avoided != null && wanted != null) {
      throw badHeader(Headers.AVOID, "it may not stand there with " + Headers.NODE);
    }
    return avoided != null
        ? new Question.Pick(avoided, false)
        : wanted == null ? null : new Question.Pick(wanted, true);
  }

  /** Whether a call whose function is to run in any case asks for the hash of its memory. */
  private static boolean memoryHash(HeaderLines headers, Caller caller, MemoWish memo) {
    String said = forRuns(headers, caller, memo, Headers.MEMORY_HASH);
    if (said == null || said.equals("?0")) {
      return false;
    }
    if (said.equals("?1")) {
      return true;
    }
    throw badHeader(Headers.MEMORY_HASH, "it must be ?1 or ?0");
  }

  /** What a header says that counts only when the function is to run in any case. */
  private static @Nullable String forRuns(
      HeaderLines headers, Caller caller, MemoWish memo, String name) {
    String said = memo == MemoWish.USE ? null : one(headers, name);
    if (said != null && caller == Caller.PUBLIC) {
      throw new LimpetException(
          ErrorCode.UNAUTHORIZED, "without a token " + name + " may not be said");
    }
    return said;
  }

  /** What it may use, as it was said: of equal words the later call has no more. */
  CallFlight.Budget budget() {
    Duration wanted = wantedTime(exchange.headers());
    long millis = wanted == null ? Long.MAX_VALUE : wanted.toMillis();
    return new CallFlight.Budget(millis, maxFetchBytes);
  }

  boolean isHead() {
    return exchange.is(HttpMethod.HEAD);
  }

  /** Whether the method only reads. */
  boolean isRead() {
    return isHead() || exchange.is(HttpMethod.GET);
  }
}
