package dev.limpet.gateway.proxy;

import dev.limpet.protocol.tls.UnbelievedCertificateException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where a node is and how it is spoken to, for as long as it is joined; and what was wrong with its
 * certificate when a connection was last tried.
 *
 * <p>The connection goes to the address that was checked, whatever the name means meanwhile. With
 * https the certificate must be for the host of the URL.
 */
public final class NodeAddress {
  /** Between two looks at a certificate that is refused each time: twice as many as before. */
  static final int MAX_ROUNDS_APART = 60;

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private static final System.Logger LOG = System.getLogger(NodeAddress.class.getName());

  private final SocketAddress socket;
  private final String authority;

  /** As Vert.x wants it, or null where it is the one of the socket. */
  private final @Nullable String host;

  private final boolean secure;
  private final KeptConnections kept = new KeptConnections();
  private volatile @Nullable String unbelieved;
  private volatile boolean cut;
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile Look last = new Look(-1, 0, 1);

  /**
   * The last look at the certificate.
   *
   * @param generation of the authorities
   * @param next the round in which it is time for another, should it be refused
   * @param apart rounds until then
   */
  private record Look(int generation, long next, int apart) {
    Look then(int authorities, long round, boolean refused) {
      int rounds = refused && authorities == generation ? Math.min(2 * apart, MAX_ROUNDS_APART) : 1;
      return new Look(authorities, round + rounds, rounds);
    }
  }

  private NodeAddress(
      SocketAddress socket, String authority, @Nullable String host, boolean secure) {
    this.socket = socket;
    this.authority = authority;
    this.host = host;
    this.secure = secure;
  }

  /**
   * The address of a base URL.
   *
   * @param resolved what its host resolved to
   */
  public static NodeAddress of(URI url, InetAddress resolved) {
    boolean secure = "https".equals(url.getScheme());
    int usual = secure ? HTTPS_PORT : HTTP_PORT;
    int port = url.getPort() < 0 ? usual : url.getPort();
    String literal = resolved.getHostAddress();
    boolean six = literal.indexOf(':') >= 0; // which Vert.x takes for a host only in brackets
    String plain = six ? "[" + literal + "]" : null;
    return new NodeAddress(
        SocketAddress.inetSocketAddress(port, literal),
        url.getHost() + ":" + port,
        secure ? url.getHost() : plain,
        secure);
  }

  /** The {@code Host} to say, {@code host:port}. */
  public String authority() {
    return authority;
  }

  /** A request that goes there. */
  RequestOptions options() {
    RequestOptions options = new RequestOptions().setServer(socket);
    if (host != null) {
      options.setHost(host).setPort(socket.port());
    }
    return secure ? options.setSsl(true) : options;
  }

  /** A request has a connection. */
  void connected(HttpClientRequest request) {
    if (cut) {
      cut = false;
    }
    if (!secure) {
      return;
    }
    kept.uses(request);
    if (unbelieved != null) {
      unbelieved = null;
    }
  }

  /** Whether the last request of any kind got no connection. */
  public boolean isCut() {
    return cut;
  }

  /** Its connections that wait for a request, those by https. */
  KeptConnections kept() {
    return kept;
  }

  /** None was made. When that was for a certificate, it is remembered, and logged once. */
  void failed(Throwable cause) {
    cut = true;
    if (!secure) {
      return;
    }
    UnbelievedCertificateException.in(cause)
        .ifPresent(refused -> unbelieved(String.valueOf(refused.getMessage())));
  }

  private void unbelieved(String why) {
    if (!why.equals(unbelieved)) {
      unbelieved = why;
      LOG.log(Level.WARNING, "https://{0} is not believed to be its node: {1}", authority, why);
    }
  }

  /**
   * Whether somebody should look at its certificate: nobody did in this generation of authorities,
   * or it was not believed, and then each time after twice as many rounds.
   *
   * @param generation of the authorities
   * @param round the number of this round of looking, one more than that before
   */
  public boolean needsCheck(int generation, long round) {
    Look before = last;
    return secure
        && !checking.get()
        && (before.generation != generation || (unbelieved != null && round >= before.next));
  }

  /** The same, and whether the caller is to do it, who then must say {@link #checked}. */
  public boolean beginsCheck(int generation, long round) {
    return needsCheck(generation, round) && checking.compareAndSet(false, true);
  }

  /** Somebody has looked, or could not connect, which calls will find out, too. */
  public void checked(int generation, long round) {
    last = last.then(generation, round, unbelieved != null);
    checking.set(false);
  }

  /** Whether it is spoken to by https. */
  public boolean isSecure() {
    return secure;
  }

  /** Why its certificate was not believed when it was last tried; null when it was. */
  public @Nullable String unbelieved() {
    return unbelieved;
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority + " at " + socket.host();
  }
}
