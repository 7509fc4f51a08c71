package dev.limpet.protocol.access;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's client of a server, which is made anew when a certificate that was believed may be
 * believed no more ({@link Authorities#generation}): what begins then begins on new connections and
 * resumes no session. What runs goes on. Used by many threads.
 */
public final class BelievingClient implements AutoCloseable {
  private final URI server;
  private final Authorities authorities;
  private final UnaryOperator<HttpClient.Builder> settings;
  private @Nullable HttpClient current;
  private @Nullable HttpClient before;
  private int generation;

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

  /** The one to begin a request with now; it is not kept for later ones. May read the disk. */
  public synchronized HttpClient now() {
    int believed = "https".equals(server.getScheme()) ? authorities.generation() : 0;
    HttpClient known = current;
    if (known != null && believed == generation) {
      return known;
    }
    if (before != null) {
      before.shutdown(); // who was given it has begun long since
    }
    before = known;
    generation = believed;
    HttpClient made = settings.apply(PlainHttp.clientOf(server, authorities)).build();
    current = made;
    return made;
  }

  /** Ends what still runs. */
  @Override
  public synchronized void close() {
    if (before != null) {
      before.shutdownNow();
    }
    if (current != null) {
      current.shutdownNow();
    }
  }
}
