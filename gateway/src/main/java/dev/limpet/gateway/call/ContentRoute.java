package dev.limpet.gateway.call;

import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.proxy.Outbound;
import dev.limpet.gateway.proxy.RetryRule;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way of one read of data from holder to holder, until one answers. */
final class ContentRoute implements Route {
  /** What a holder is told of the caller's wishes. */
  private static final List<String> PASSED =
      List.of("Accept", "Cache-Control", "Range", "If-Range", "If-None-Match");

  private final Exchange exchange;
  private final Caller caller;
  private final List<KnownNode> holders;
  private final AnswerRules rules;
  private final CallMetrics metrics;
  private final RetryBudget retries;
  private final Runnable released;
  private final long beganNanos = System.nanoTime();
  private final Deque<Stop> left;
  private final Refused refused = new Refused();
  private @Nullable KnownNode at;

  /** A holder, and how it is reached. */
  private record Stop(KnownNode holder, NodeLink link) {}

  /** Who reads what. */
  record Reader(Exchange exchange, Caller caller, List<KnownNode> holders, RetryBudget retries) {}

  /**
   * A way along those of {@code reader.holders} that can be asked now, the best first; {@link
   * #hasNext} says whether there are any. It needs nothing else of them later, so that who leaves
   * meanwhile is asked in vain and no more.
   *
   * @param released called once, at the end, if it is taken
   */
  ContentRoute(Reader reader, AnswerRules rules, CallMetrics metrics, Runnable released) {
    this.exchange = reader.exchange;
    this.caller = reader.caller;
    this.holders = reader.holders;
    this.rules = rules;
    this.metrics = metrics;
    this.retries = reader.retries;
    this.released = released;
    this.left = new ArrayDeque<>();
    for (KnownNode holder : holders) {
      NodeLink link = holder.link();
      if (link != null && holder.isReadable() && left.size() < Placement.MAX_CHOICES) {
        left.add(new Stop(holder, link));
      }
    }
  }

  @Override
  public boolean hasNext() {
    return !left.isEmpty();
  }

  @Override
  public Outbound next() {
    Stop stop = left.removeFirst();
    at = stop.holder;
    List<Map.Entry<String, String>> lines = new ArrayList<>(PASSED.size());
    for (String name : PASSED) {
      List<String> values = exchange.headers().values(name);
      if (!values.isEmpty()) {
        lines.add(Map.entry(name, String.join(", ", values)));
      }
    }
    return stop.link.request(exchange.method(), exchange.request().uri(), lines);
  }

  @Override
  public boolean isRepeatable() {
    return true;
  }

  @Override
  public RetryRule.@Nullable Reached refusal(HttpClientResponse answer) {
    return refused.judge(answer);
  }

  @Override
  public boolean isShown(HttpClientResponse refusal) {
    return refused.isShown();
  }

  @Override
  public boolean affords(RetryRule.Reached reached) {
    return reached == RetryRule.Reached.NOTHING || retries.spend();
  }

  @Override
  public void lost(RetryRule.Reached reached) {}

  @Override
  public void head(HttpClientResponse answer, MultiMap out) {
    KnownNode holder = at;
    if (holder != null && caller != Caller.PUBLIC) {
      out.set(Headers.NODE, holder.name());
    }
    rules.data(caller, out);
    metrics.firstByte(System.nanoTime() - beganNanos);
  }

  @Override
  public void whole(HttpClientResponse answer, @Nullable Buffer body, long bytes) {}

  @Override
  public void trailers(HttpClientResponse answer, MultiMap out) {}

  @Override
  public void fail(Failure why) {
    exchange.problem(
        switch (why) {
          case NOT_CONNECTED -> CallProblems.unreached(holders, caller);
          case BROKEN -> CallProblems.broken();
          case DEADLINE -> Problem.of(ErrorCode.OUT_OF_TIME, "the time for this read was over");
          case BODY_TOO_LARGE -> AskedCall.tooLarge().problem();
          case REFUSED -> refused.problem();
          case NEEDS_HTTP_1_1 -> CallProblems.needsHttp11();
          case MISTAKE ->
              Problem.of(ErrorCode.INTERNAL, "the gateway made a mistake; its log says which");
        });
  }

  @Override
  public void abandoned(Outbound target) {}

  @Override
  public void finished(Ending ending, long bytes) {
    metrics.ended(ending);
    released.run();
  }
}
