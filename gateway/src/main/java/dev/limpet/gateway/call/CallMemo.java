package dev.limpet.gateway.call;

import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.memo.CallPrint;
import dev.limpet.gateway.memo.Keepers;
import dev.limpet.gateway.memo.MemoEntry;
import dev.limpet.gateway.memo.MemoKey;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ManifestMemo;
import dev.limpet.protocol.MemoWish;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What calls share of equal ones at the gateway: answers in memory, and calls under way. It is
 * asked by those who were let in and may make the call; an answer about data that no node is known
 * to have is not given.
 */
final class CallMemo {
  private static final String NOT_SAID = "-";

  private final AnswerMemo memo;
  private final FunctionLookup functions;
  private final HolderIndex index;
  private final MemoAnswers answers;
  private final ConcurrentHashMap<MemoKey, CallFlight> flights = new ConcurrentHashMap<>();

  CallMemo(AnswerMemo memo, FunctionLookup functions, HolderIndex index, MemoAnswers answers) {
    this.memo = memo;
    this.functions = functions;
    this.index = index;
    this.answers = answers;
  }

  /** Shows what is kept and given. */
  void measure(MeterRegistry meters) {
    FunctionCounter.builder("limpet.gateway.memo.hits", memo, AnswerMemo::hits)
        .description("Calls that were answered without a node")
        .register(meters);
    FunctionCounter.builder("limpet.gateway.memo.misses", memo, AnswerMemo::misses)
        .description("Calls that found no answer here, and went to a node")
        .register(meters);
    FunctionCounter.builder("limpet.gateway.memo.joined", memo, AnswerMemo::joined)
        .description("Calls that waited for an equal one")
        .register(meters);
    Gauge.builder("limpet.gateway.memo.entries", memo, AnswerMemo::entries)
        .description("Answers that are kept in memory")
        .strongReference(true)
        .register(meters);
    Gauge.builder("limpet.gateway.memo.bytes", memo, AnswerMemo::bytes)
        .description("Memory that these take, about")
        .strongReference(true)
        .register(meters);
  }

  /** Answers a call whose answer is in memory, which takes nothing that others wait for. */
  boolean gives(AskedCall asked) {
    boolean may = memo.isOn() && asked.memo() == MemoWish.USE;
    StoredFunction function = may ? function(asked) : null;
    if (function == null) {
      return false;
    }
    return answer(
        asked, function, key(asked, function, headers(asked, function.manifest().headers())));
  }

  /**
   * Answers a call, or lets it go on: at once, or when an equal one has ended.
   *
   * @param done run when the call is over and has not gone on
   * @param goOn takes the call when it must go to a node
   */
  void enter(AskedCall asked, Runnable done, Consumer<AskedCall> goOn) {
    StoredFunction function = function(asked);
    if (function == null) {
      goOn.accept(asked);
      return;
    }
    List<String> headers = headers(asked, function.manifest().headers());
    if (!memo.isOn()) {
      goOn.accept(hinted(asked, function, headers));
      return;
    }
    MemoKey key = key(asked, function, headers);
    Asking asking = new Asking(asked, function, headers, key, done, goOn);
    if (asked.memo() != MemoWish.USE) {
      goAlone(asking, 0);
    } else if (answer(asked, function, key)) {
      done.run();
    } else {
      share(asking);
    }
  }

  /** The same call with a word on who keeps its answer, and with no other part in the memo. */
  AskedCall hinted(AskedCall asked) {
    StoredFunction function = function(asked);
    return function == null
        ? asked
        : hinted(asked, function, headers(asked, function.manifest().headers()));
  }

  private AskedCall hinted(AskedCall asked, StoredFunction function, List<String> headers) {
    return asked.with(new MemoTurn(memo, null, null, () -> {}, hint(asked, function, headers)));
  }

  /** The function of a call that the memo has a part in, else null. */
  private @Nullable StoredFunction function(AskedCall asked) {
    if (!asked.isRead() || asked.async() || asked.memo() == MemoWish.NO_STORE) {
      return null;
    }
    StoredFunction function = functions.kept(asked.target().function());
    boolean may =
        function != null
            && function.manifest().pure()
            && function.manifest().effectiveMemo() != ManifestMemo.NEVER;
    return may ? function : null;
  }

  private static MemoKey key(AskedCall asked, StoredFunction function, List<String> headers) {
    List<String> data = asked.exchange().headers().values(Headers.DATA);
    String target = asked.exchange().request().uri();
    if (data.isEmpty()) {
      return new MemoKey(function.cid(), target, headers);
    }
    List<String> seen = new ArrayList<>(headers);
    seen.add(NOT_SAID); // so that no header is taken for data
    seen.addAll(data);
    return new MemoKey(function.cid(), target, seen);
  }

  /** What the function may see of the headers; none when none of them is there. */
  private static List<String> headers(AskedCall asked, List<String> listed) {
    String type = asked.joined("Content-Type");
    boolean any = type != null;
    List<String> said = new ArrayList<>(listed.size() + 1);
    said.add(said(type));
    for (String name : listed) {
      String value = asked.joined(name);
      any |= value != null;
      said.add(said(value));
    }
    return any ? said : List.of();
  }

  /** A header that is not there is another one than an empty one. */
  private static String said(@Nullable String value) {
    return value == null ? NOT_SAID : "=" + value;
  }

  private boolean answer(AskedCall asked, StoredFunction function, MemoKey key) {
    MemoEntry entry = memo.find(key);
    if (entry == null) {
      return false;
    }
    for (DataRef input : asked.inputs()) {
      if (index.isUnknown(input.root())) {
        return false;
      }
    }
    memo.hit();
    answers.give(asked, function, entry);
    return true;
  }

  /** A call that found no answer. */
  private record Asking(
      AskedCall asked,
      StoredFunction function,
      List<String> headers,
      MemoKey key,
      Runnable done,
      Consumer<AskedCall> goOn) {}

  private void share(Asking asking) {
    if (!memo.isKept(asking.function.cid())) {
      goAlone(asking, 0);
      return;
    }
    CallFlight.Budget budget = asking.asked.budget();
    CallFlight mine = new CallFlight(budget);
    CallFlight flight =
        asking.asked.isHead()
            ? flights.get(asking.key)
            : flights.compute(
                asking.key, (_, now) -> now != null && now.isFor(budget) ? now : mine);
    if (flight == mine) {
      lead(asking, mine);
    } else if (flight == null || !flight.isFor(budget)) {
      goAlone(asking, 0);
    } else if (!joins(flight, asking)) {
      goAlone(asking, flight.node());
    }
  }

  private void lead(Asking asking, CallFlight mine) {
    Runnable ended = () -> flights.remove(asking.key, mine);
    Keepers.Hint hint = hint(asking.asked, asking.function, asking.headers);
    MemoTurn turn = new MemoTurn(memo, asking.key, mine, ended, hint);
    memo.miss();
    try {
      asking.goOn.accept(asking.asked.with(turn));
    } catch (RuntimeException e) {
      turn.end(); // or equal calls would wait for one that never began
      throw e;
    }
  }

  /** Who has the answer, for a call that would take a kept one. */
  private Keepers.Hint hint(AskedCall asked, StoredFunction function, List<String> headers) {
    long print =
        CallPrint.of(
            function.cid(), asked.inputs(), asked.target().path(), asked.target().query(), headers);
    return memo.keepers().hint(print, asked.memo() == MemoWish.USE);
  }

  /**
   * Goes to a node.
   *
   * @param near mark of the node that runs an equal call, which shares with it there; 0: none
   */
  private void goAlone(Asking asking, int near) {
    if (asking.asked.memo() == MemoWish.USE) {
      memo.miss();
    }
    MemoKey key = asking.asked.isHead() ? null : asking.key;
    Keepers.Hint hint = hint(asking.asked, asking.function, asking.headers);
    Keepers.Hint known = near == 0 ? hint : hint.at(near);
    asking.goOn.accept(asking.asked.with(new MemoTurn(memo, key, null, () -> {}, known)));
  }

  /** Waits for an equal call; false when that is over. */
  private boolean joins(CallFlight flight, Asking asking) {
    Exchange exchange = asking.asked.exchange();
    Promise<Void> over = Promise.promise();
    CallFlight.Waiting one =
        new CallFlight.Waiting(exchange.vertx().getOrCreateContext(), over::tryComplete);
    if (!flight.join(one)) {
      return false;
    }
    memo.joins();
    asking
        .asked
        .inTime(over, "that of an equal one")
        .onSuccess(_ -> goOn(asking, flight.node()))
        .onFailure(
            why -> {
              flight.leave(one);
              asking.done.run();
              exchange.fail(why);
            });
    exchange.whenAnswered(() -> callerGone(over));
    return true;
  }

  /** Every call ends with an answer, of which those that waited to the end need no word here. */
  private static void callerGone(Promise<Void> waited) {
    if (!waited.future().isComplete()) {
      waited.fail(new LimpetException(ErrorCode.CANCELLED, "the caller went away"));
    }
  }

  private void goOn(Asking asking, int near) {
    try {
      if (answer(asking.asked, asking.function, asking.key)) {
        asking.done.run();
      } else {
        goAlone(asking, near);
      }
    } catch (RuntimeException e) {
      asking.done.run();
      asking.asked.exchange().fail(e);
    }
  }
}
