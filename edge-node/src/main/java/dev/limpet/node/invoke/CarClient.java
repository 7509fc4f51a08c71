package dev.limpet.node.invoke;

import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.BelievingClient;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Gets CARs from other processes, within a deadline. */
final class CarClient implements AutoCloseable {
  /** A peer that does not take a connection by then is away. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** A peer that sends nothing for so long has failed: another one may have the data. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final String CAR = "application/vnd.ipld.car";
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;

  private final ScheduledExecutorService timer;
  private final Duration silence;
  private final CountDownLatch end = new CountDownLatch(1);

  /** One for {@code http}, which needs nothing of TLS, and one for whom to believe over https. */
  private final Map<Trust, BelievingClient> clients = new HashMap<>();

  private final RefusedPeers refused = new RefusedPeers();
  private boolean closed;

  /**
   * A client.
   *
   * @param timer ends what takes too long
   */
  CarClient(ScheduledExecutorService timer) {
    this(timer, MAX_SILENCE);
  }

  /** The same with another limit for silence. */
  CarClient(ScheduledExecutorService timer, Duration silence) {
    this.timer = timer;
    this.silence = silence;
  }

  /** Made for the first fetch: one for TLS reads the machine's certificates. */
  private synchronized HttpClient clientOf(URI server, Authorities authorities) throws IOException {
    if (closed) {
      throw new IOException("the node stops");
    }
    boolean tls = "https".equals(server.getScheme());
    return clients
        .computeIfAbsent(
            new Trust(tls, tls ? authorities : null),
            _ ->
                new BelievingClient(
                    server,
                    authorities,
                    client ->
                        client
                            .proxy(HttpClient.Builder.NO_PROXY)
                            .connectTimeout(CONNECT_TIMEOUT)
                            .executor(Executors.newVirtualThreadPerTaskExecutor())))
        .now();
  }

  /**
   * What to get.
   *
   * @param url of the CAR
   * @param authorities whom to believe there
   * @param headers besides {@code Accept}
   * @param deadline when it must be whole
   * @param over whether nobody wants it any more
   */
  record Wanted(
      URI url,
      Authorities authorities,
      Map<String, String> headers,
      Deadline deadline,
      BooleanSupplier over) {}

  /** Whether there is TLS, and whom to believe then: there are as many as the node is told of. */
  private record Trust(boolean tls, @Nullable Authorities authorities) {}

  /** Reads a CAR. */
  @FunctionalInterface
  interface Taker {
    /** Reads to its end; what it throws ends the transfer. */
    void take(CarReader reader) throws IOException;
  }

  /**
   * Gets a CAR and gives it to its taker while it comes.
   *
   * @param counted gets the number of bytes of each part of the body, and may refuse more
   * @throws LimpetException {@code not-found}, {@code unauthorized} or {@code overloaded} when the
   *     other side says so, {@code out-of-time}, or {@code unreachable}, {@code node-failed} for
   *     all else that goes wrong on the way
   * @throws dev.limpet.content.block.ContentException what {@code counted} or the taker throws
   */
  void get(Wanted wanted, LongConsumer counted, Taker taker) {
    HttpResponse<InputStream> response = send(wanted);
    try (WatchedBody body = new WatchedBody(response.body())) {
      check(response);
      ScheduledFuture<?> alarm =
          timer.schedule(body::end, wanted.deadline().left().toNanos(), TimeUnit.NANOSECONDS);
      long look = Math.min(LOOK.toNanos(), silence.toNanos());
      ScheduledFuture<?> watch =
          timer.scheduleWithFixedDelay(() -> watch(body, wanted), look, look, TimeUnit.NANOSECONDS);
      try {
        InputStream metered = new MeteredBody(new BufferedInputStream(body, 1 << 16), counted);
        taker.take(new CarReader(metered, CarLimits.unbounded()));
      } finally {
        alarm.cancel(false);
        watch.cancel(false);
      }
    } catch (IOException e) {
      wanted.deadline().check("while data was fetched");
      throw new LimpetException(
          ErrorCode.NODE_FAILED, authority(wanted) + " broke off while it sent data", e);
    }
  }

  /**
   * Waits before something is asked for again.
   *
   * @throws LimpetException {@code draining} when the node stops meanwhile
   */
  void rest(Duration time) throws InterruptedException {
    if (end.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping");
    }
  }

  private void watch(WatchedBody body, Wanted wanted) {
    if (wanted.over().getAsBoolean() || body.waitedNanos() > silence.toNanos()) {
      body.end();
    }
  }

  private HttpResponse<InputStream> send(Wanted wanted) {
    wanted.deadline().check("before data was fetched");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(wanted.url())
            .timeout(wanted.deadline().left().plusMillis(1))
            .header("Accept", CAR);
    wanted.headers().forEach(request::header);
    try {
      HttpResponse<InputStream> response =
          clientOf(wanted.url(), wanted.authorities())
              .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      refused.answered(authority(wanted));
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (IOException e) {
      refused.failed(authority(wanted), e);
      wanted.deadline().check("while data was fetched");
      throw new LimpetException(
          ErrorCode.UNREACHABLE,
          authority(wanted)
              + " cannot be reached"
              + UnbelievedCertificateException.in(e).map(why -> ": " + why.getMessage()).orElse(""),
          e);
    }
  }

  /** Servers whose certificates were not believed when they were last asked, and why. */
  Map<String, String> refused() {
    return refused.all();
  }

  private static void check(HttpResponse<InputStream> response) {
    String from = response.uri().getAuthority();
    switch (response.statusCode()) {
      case OK -> {}
      case NOT_FOUND -> throw new LimpetException(ErrorCode.NOT_FOUND, from + " does not have it");
      case UNAUTHORIZED ->
          throw new LimpetException(ErrorCode.UNAUTHORIZED, from + " does not know who asks");
      case TOO_MANY_REQUESTS ->
          throw new LimpetException(ErrorCode.OVERLOADED, from + " has too much to send");
      default ->
          throw new LimpetException(
              ErrorCode.NODE_FAILED, from + " answered with status " + response.statusCode());
    }
  }

  private static String authority(Wanted wanted) {
    return wanted.url().getAuthority();
  }

  /** Ends what still runs. */
  @Override
  public void close() {
    List<BelievingClient> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(clients.values());
    }
    end.countDown();
    open.forEach(BelievingClient::close);
  }
}
