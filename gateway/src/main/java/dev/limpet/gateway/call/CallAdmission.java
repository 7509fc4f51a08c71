package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.admission.Shares;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.protocol.LimpetException;
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
      String caller = networkOf(exchange.request().remoteAddress().hostAddress());
      callers.take(caller);
      return new Entry(caller);
    } catch (RuntimeException e) {
      calls.release();
      throw e;
    }
  }

  /** Whoever has one address of an IPv6 network has all of them. */
  static String networkOf(String address) {
    int at = address.indexOf(':');
    for (int groups = 1; at >= 0 && groups < NETWORK_GROUPS; groups++) {
      at = address.indexOf(':', at + 1);
    }
    return at < 0 ? address : address.substring(0, at);
  }

  /** The first of these nodes that has room, with its place taken; null when none has. */
  static @Nullable Choice enterNode(List<Choice> choices) {
    for (Choice choice : choices) {
      if (choice.node().gate().tryEnter()) {
        return choice;
      }
    }
    return null;
  }

  /** Waits for a place at the best of these nodes. Fails with {@code overloaded}. */
  static Future<Choice> awaitNode(AskedCall asked, Choice best) {
    PlaceWait wait = new PlaceWait(asked, best);
    try {
      wait.begin();
    } catch (LimpetException e) {
      return Future.failedFuture(e);
    }
    return wait.place();
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
    FunctionCounter.builder("limpet.gateway.retries.denied", retries, RetryBudget::denied)
        .register(meters);
  }

  /** What one call has; given back once, by {@link #run}. */
  final class Entry implements Runnable {
    private final String caller;
    private @Nullable Cid function;

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

    @Override
    public void run() {
      Cid called = function;
      if (called != null) {
        functions.release(called);
      }
      callers.release(caller);
      calls.release();
    }
  }
}
