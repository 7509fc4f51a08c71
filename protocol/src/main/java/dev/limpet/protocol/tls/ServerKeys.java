package dev.limpet.protocol.tls;

import dev.limpet.protocol.LimpetException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate and the key of a server, read anew when their files change, while the server runs
 * on: connections that are open keep theirs, new ones get the new one. What is wrong with new files
 * is logged once, and the old ones stay in use.
 *
 * <p>Invariant: a handshake asks first for an alias and then, by it, for key and certificate. The
 * generation that came before is kept, so that a change between the two questions mixes nothing.
 */
public final class ServerKeys extends X509ExtendedKeyManager implements AutoCloseable {
  /** How often the files are looked at; their change is seen within twice that. */
  public static final Duration LOOK_PERIOD = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(ServerKeys.class.getName());

  private final KeyFiles files;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Generation now;
  private String lastFailure = "";

  private record Generation(
      String alias, ServerIdentity identity, int number, @Nullable Generation before) {
    static Generation of(ServerIdentity identity, int number, @Nullable Generation before) {
      return new Generation("limpet-" + number, identity, number, before);
    }

    @Nullable ServerIdentity find(@Nullable String wanted) {
      Generation old = before;
      if (alias.equals(wanted)) {
        return identity;
      }
      return old != null && old.alias.equals(wanted) ? old.identity : null;
    }
  }

  private ServerKeys(KeyFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
    this.now = Generation.of(ServerIdentity.read(files, clock.instant()), 1, null);
  }

  /**
   * Reads the files, and looks at them from now on until it is closed.
   *
   * @throws LimpetException {@code bad-config} with the line that mends it
   */
  public static ServerKeys open(KeyFiles files) {
    ServerKeys keys = unwatched(files, InstantSource.system());
    Thread.ofPlatform().name("limpet-tls").daemon().start(keys::watch);
    return keys;
  }

  /** Reads the files; they are looked at again by {@link #look} alone. */
  static ServerKeys unwatched(KeyFiles files, InstantSource clock) {
    return new ServerKeys(files, clock);
  }

  private void watch() {
    try {
      while (!closed.await(LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean _ = look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the files again; whether there is another certificate or key from now on. */
  boolean look() {
    Generation old = now;
    ServerIdentity found;
    try {
      found = ServerIdentity.read(files, clock.instant());
    } catch (LimpetException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(lastFailure)) {
        LOG.log(Level.WARNING, "the certificate in use stays in use, until " + end() + ": " + why);
      }
      lastFailure = why;
      return false;
    }
    lastFailure = "";
    if (found.text().equals(old.identity.text())) {
      return false;
    }
    Generation kept = Generation.of(old.identity, old.number, null);
    now = Generation.of(found, old.number + 1, kept);
    LOG.log(Level.INFO, "a new certificate is in use, until " + end());
    return true;
  }

  /** When the certificate in use stops being valid. */
  public Instant end() {
    return now.identity.end();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Generation current = now;
    return current.identity.key().getAlgorithm().equals(keyType) ? current.alias : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseEngineServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    ServerIdentity identity = now.find(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    ServerIdentity identity = now.find(alias);
    return identity == null ? null : identity.key();
  }

  /** A server shows nothing as a client. */
  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  /** Looks at the files no more. */
  @Override
  public void close() {
    closed.countDown();
  }
}
