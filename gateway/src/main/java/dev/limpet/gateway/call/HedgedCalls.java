package dev.limpet.gateway.call;

import dev.limpet.gateway.call.CallRoute.CallParts;
import dev.limpet.gateway.call.CallRoute.Chosen;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.proxy.Outlet;
import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.gateway.proxy.Transfer;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Sends calls to a node, and those that may be sent twice to a second one when the first takes
 * longer than the function usually does: calls of pure functions without a body, whose answer is
 * the same wherever they run. The first answer counts, the other node is told to stop. Each second
 * node is paid from the budget of second tries, so that a node that is slow for all calls does not
 * double them.
 */
final class HedgedCalls {
  private static final System.Logger LOG = System.getLogger(HedgedCalls.class.getName());

  private final CallParts parts;
  private final Hedges hedges;

  HedgedCalls(CallParts parts) {
    this.parts = parts;
    this.hedges = parts.hedges();
  }

  /**
   * One call.
   *
   * @param chosen whose place is taken
   * @param over run when all of it has ended
   */
  record Call(
      AskedCall asked,
      Invocations invocations,
      Chosen chosen,
      Transfer.Limits limits,
      Runnable over) {
    private boolean mayRunTwice() {
      return asked.isRead()
          && invocations.function().manifest().pure()
          && asked.exchange().body().isReplayable()
          && chosen.choices().size() > 1;
    }

    private Call at(Choice other) {
      return new Call(asked, invocations, new Chosen(List.of(other), other), limits, over);
    }
  }

  /** Starts a call whose caller waits on its connection. */
  void start(Call call) {
    Exchange exchange = call.asked.exchange();
    Outlet caller = call.asked.turn().outlet(exchange.outlet(), exchange.vertx());
    long delay = call.mayRunTwice() ? hedges.delayMillis(call.invocations.function().cid()) : -1;
    if (delay < 0) {
      start(call, caller, route(call, call.asked, new CallRoute.Alone(call.over)));
      return;
    }
    Race race = new Race(caller, call.asked.waiter(), call.over);
    CallRoute first = route(call, race.first());
    long timer = exchange.vertx().setTimer(delay, _ -> hedge(call, race, first));
    race.whenOver(() -> exchange.vertx().cancelTimer(timer));
    start(call, race.first(), first);
  }

  private void hedge(Call call, Race race, CallRoute first) {
    if (!race.isOpen()) {
      return;
    }
    Choice other = first.enterOther();
    if (other == null) {
      return;
    }
    Race.Lane lane = race.second();
    try {
      Call second = call.at(other);
      start(second, lane, route(second, lane));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a second node was not asked, in a way that nobody thought of", e);
      other.node().callEnded();
      lane.run();
    }
  }

  private CallRoute route(Call call, Race.Lane lane) {
    return route(call, call.asked.with(lane), lane);
  }

  private CallRoute route(Call call, AskedCall asked, CallRoute.Sequel sequel) {
    return new CallRoute(parts, asked, call.invocations, call.chosen, sequel);
  }

  private void start(Call call, Outlet out, CallRoute route) {
    RequestBody body = call.asked.exchange().body();
    new Transfer(parts.client().ground(), call.limits, out, body, route).start();
  }
}
