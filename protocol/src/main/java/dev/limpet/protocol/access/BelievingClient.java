package dev.limpet.protocol.access;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's client of a server, which is made anew when a certificate that was believed may be
 * believed no more ({@link Authorities#generation}): what begins then begins on new connections and
 * resumes no session. What runs goes on. Used by many threads.
 */
public final class BelievingClient implements AutoCloseable {
  /** Clients of before whose requests have not ended; one more ends the oldest. */
  private static final int MAX_EARLIER_CLIENTS = 16;

  private final URI server;
  private final Authorities authorities;
  private final UnaryOperator<HttpClient.Builder> settings;
  private @Nullable HttpClient current;
  private final Deque<HttpClient> earlier = new ArrayDeque<>();
  private int generation;
  private boolean closed;

  /**
   * Nothing is made yet.
   *
   * @param server by its scheme it is known whether there is TLS; without it there is one client
   * @param authorities whom to believe
   * @param settings what a client is to have besides
   */
  public BelievingClient(
      URI server, Authorities authorities, UnaryOperator<HttpClient.Builder> settings) {
    this.server = server;
    this.authorities = authorities;
    this.settings = settings;
  }

  /**
   * The one to begin a request with now; it is not kept for later ones. May read the disk. After
   * {@link #close} it is one whose requests fail with an {@code IOException}.
   */
  public synchronized HttpClient now() {
    HttpClient known = current;
    if (closed && known != null) {
      return known;
    }
    int believed = "https".equals(server.getScheme()) ? authorities.generation() : 0;
    if (known != null && believed == generation) {
      return known;
    }
    HttpClient made = settings.apply(PlainHttp.clientOf(server, authorities)).build();
    if (known != null) {
      retire(known);
    }
    if (closed) {
      made.shutdownNow();
    }
    generation = believed;
    current = made;
    return made;
  }

  private synchronized void retire(HttpClient last) {
    earlier.forEach(HttpClient::shutdown); // who was given one of these has begun long since
    earlier.removeIf(HttpClient::isTerminated);
    earlier.addLast(last);
    if (earlier.size() > MAX_EARLIER_CLIENTS) {
      earlier.removeFirst().shutdownNow();
    }
  }

  /** Ends what still runs, whichever client it began with. */
  @Override
  public synchronized void close() {
    closed = true;
    earlier.forEach(HttpClient::shutdownNow);
    earlier.clear();
    if (current != null) {
      current.shutdownNow();
    }
  }
}
