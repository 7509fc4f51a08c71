package dev.limpet.node.link;

import dev.limpet.node.receipt.ReceiptLog;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.WitnessRequest;
import dev.limpet.protocol.tls.Authorities;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows the gateway how the log of receipts grows, and keeps what the operator says of this node
 * and of the log; on a thread of its own, for as long as the node runs. Receipts are kept and
 * proven without it; they then have no witness.
 */
public final class WitnessLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WitnessLink.class.getName());

  /** Between two cosignatures: each is a write to the gateway's disk. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration STOP_TIME = Duration.ofSeconds(3);

  private final ReceiptLog log;
  private final Supplier<@Nullable String> token;
  private final GatewayClient client;
  private final Backoff backoff;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("limpet-witness").unstarted(this::run);
  private @Nullable String session;
  private @Nullable String lastFailure;

  /**
   * A link that does nothing yet.
   *
   * @param gateway base URL
   * @param authorities whom to believe there
   * @param log of this node
   * @param token what this node presents to the gateway, or null while it has not joined
   */
  public WitnessLink(
      URI gateway, Authorities authorities, ReceiptLog log, Supplier<@Nullable String> token) {
    this(
        new GatewayClient(gateway, authorities),
        log,
        token,
        new Backoff(() -> ThreadLocalRandom.current().nextDouble()));
  }

  /** The same that waits otherwise. */
  WitnessLink(
      GatewayClient client, ReceiptLog log, Supplier<@Nullable String> token, Backoff backoff) {
    this.client = client;
    this.log = log;
    this.token = token;
    this.backoff = backoff;
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      Duration pause = PAUSE;
      while (!stop.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        pause = turn();
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "the node stops", e);
    }
  }

  /**
   * Shows what there is to be shown.
   *
   * @return how long to wait before the next time: longer each time that it fails, by at most
   *     {@link Backoff#LONGEST}
   */
  Duration turn() throws InterruptedException {
    String joined = token.get();
    if (joined == null || !log.isKeeping()) {
      return PAUSE;
    }
    try {
      if (!joined.equals(session)) {
        log.enrolled(SignedNote.parse(client.enrolment(joined)));
        session = joined;
      }
      WitnessRequest request = log.toWitness();
      if (request != null) {
        show(joined, request);
      }
      lastFailure = null;
      backoff.reset();
      return PAUSE;
    } catch (IOException | LimpetException | IllegalArgumentException e) {
      failed(e);
      return PAUSE.plus(backoff.next());
    }
  }

  private void show(String joined, WitnessRequest request)
      throws IOException, InterruptedException {
    switch (client.witness(joined, request)) {
      case GatewayClient.Seen.Cosigned cosigned ->
          log.cosigned(request, NoteSignature.parse(cosigned.line()));
      case GatewayClient.Seen.Elsewhere elsewhere -> log.witnessKnows(elsewhere.size());
    }
  }

  /** One line when it begins to fail, and another only when the reason changes. */
  private void failed(Exception e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.equals(lastFailure)) {
      return;
    }
    boolean fork = e instanceof LimpetException known && known.code() == ErrorCode.LOG_FORKED;
    LOG.log(
        fork ? Level.ERROR : Level.INFO,
        "the gateway has not cosigned the log of receipts: {0}",
        reason);
    lastFailure = reason;
  }

  /** Ends. */
  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(STOP_TIME)) {
        LOG.log(Level.WARNING, "the gateway did not answer as the node stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }
}
