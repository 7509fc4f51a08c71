package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BodyShares;
import dev.limpet.gateway.admission.NodeGate;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.admission.Shares;
import dev.limpet.gateway.copy.HotRoot;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Why;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in, at three doors: the gateway has room for so many, each caller and each function
 * may have a part of these, and each node gets as many as it can take. At the last one a call may
 * wait a moment; at all of them it is refused at once when that is of no use.
 */
final class CallAdmission {
  /** A network of IPv6, of which one caller may use all addresses, has four groups. */
  private static final int NETWORK_GROUPS = 4;

  private final Permits calls;
  private final Shares<Cid> functions;
  private final Shares<String> callers;
  private final BodyShares<String> bodies = new BodyShares<>();

  CallAdmission(CallPolicy policy) {
    this.calls = new Permits("calls", policy.maxCalls());
    this.functions = new Shares<>("this function", policy.maxFunctionCalls());
    this.callers = new Shares<>("this caller", policy.maxCallerCalls());
  }

  /**
   * Lets a call in; {@link Entry#run} must follow.
   *
   * @throws LimpetException {@code overloaded}
   */
  Entry enter(Exchange exchange) {
    calls.take();
    try {
      String caller = callerOf(exchange);
      callers.take(caller);
      return new Entry(caller);
    } catch (RuntimeException e) {
      calls.release();
      throw e;
    }
  }

  private static String callerOf(Exchange exchange) {
    return networkOf(exchange.request().remoteAddress().hostAddress());
  }

  /** Whoever has one address of an IPv6 network has all of them. */
  static String networkOf(String address) {
    int at = address.indexOf(':');
    for (int groups = 1; at >= 0 && groups < NETWORK_GROUPS; groups++) {
      at = address.indexOf(':', at + 1);
    }
    return at < 0 ? address : address.substring(0, at);
  }

  /** What a call of this caller and function is held against, in the order of {@link Entry}. */
  List<Why.Limit> limits(Exchange exchange, Cid function) {
    return List.of(
        new Why.Limit("max-calls", calls.taken(), calls.max()),
        new Why.Limit("max-caller-calls", callers.taken(callerOf(exchange)), callers.max()),
        new Why.Limit("max-function-calls", functions.taken(function), functions.max()));
  }

  /**
   * Of nodes that one call may go to, in this order, the one that would have it if it came now: the
   * first that has room, else the best, where it would wait; null when it would wait in vain.
   */
  static @Nullable Choice next(List<Choice> choices) {
    for (Choice choice : choices) {
      if (choice.node().gate().hasPlace()) {
        return choice;
      }
    }
    Choice best = choices.getFirst();
    return best.node().gate().refuses() ? null : best;
  }

  /** Calls that are let in. */
  Permits calls() {
    return calls;
  }

  /** Shows what is refused. */
  void measure(MeterRegistry meters, RetryBudget retries) {
    FunctionCounter.builder("limpet.gateway.calls.refused.function", functions, Shares::refused)
        .register(meters);
    FunctionCounter.builder("limpet.gateway.calls.refused.caller", callers, Shares::refused)
        .register(meters);
    FunctionCounter.builder("limpet.gateway.calls.refused.body", bodies, BodyShares::refused)
        .register(meters);
    FunctionCounter.builder("limpet.gateway.retries.denied", retries, RetryBudget::denied)
        .register(meters);
  }

  /** What one call has; given back once, by {@link #run}. */
  final class Entry implements Runnable {
    private final String caller;
    private @Nullable Cid function;
    private @Nullable NodeGate reading;
    private @Nullable HotRoot data;

    private Entry(String caller) {
      this.caller = caller;
    }

    /**
     * The call is one of this function.
     *
     * @throws LimpetException {@code overloaded}
     */
    void of(Cid called) {
      functions.take(called);
      function = called;
    }

    /** The first of these nodes that has room, with its place taken; null when none has. */
    @Nullable Choice enterNode(AskedCall asked, List<Choice> choices) {
      for (Choice choice : choices) {
        if (holds(asked, choice)) {
          if (choice.node().gate().tryEnter()) {
            return choice;
          }
          read();
        }
      }
      return null;
    }

    /** Waits for a place at the best of these nodes. Fails with {@code overloaded}. */
    Future<Choice> awaitNode(AskedCall asked, List<Choice> choices) {
      for (Choice choice : choices) {
        if (holds(asked, choice)) {
          PlaceWait wait = new PlaceWait(asked, choice);
          try {
            wait.begin();
          } catch (LimpetException e) {
            return Future.failedFuture(e);
          }
          return wait.place();
        }
      }
      return Future.failedFuture(bodies.refuse());
    }

    /** Whether the body is here, or one more of this caller may be on its way to that node. */
    private boolean holds(AskedCall asked, Choice choice) {
      RequestBody body = asked.exchange().body();
      NodeGate gate = choice.node().gate();
      if (body.isReplayable() || body.isEnded()) {
        return true;
      }
      if (!bodies.take(caller, gate)) {
        return false;
      }
      reading = gate;
      body.whenRead(this::read);
      return true;
    }

    /** The body has been read, or is no longer waited for at that node. */
    private void read() {
      NodeGate gate = reading;
      reading = null;
      if (gate != null) {
        bodies.release(caller, gate);
      }
    }

    /** The call wants this data, if anybody counts that. */
    void on(@Nullable HotRoot wanted) {
      data = wanted;
    }

    @Override
    public void run() {
      read();
      HotRoot wanted = data;
      if (wanted != null) {
        wanted.ended();
      }
      Cid called = function;
      if (called != null) {
        functions.release(called);
      }
      callers.release(caller);
      calls.release();
    }
  }
}
