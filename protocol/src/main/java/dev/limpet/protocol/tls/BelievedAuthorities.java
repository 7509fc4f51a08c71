package dev.limpet.protocol.tls;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The authorities themselves: those of the machine, read for the first handshake, or those of a
 * file, which is read again when it has changed. What is wrong with a new file is logged once, and
 * the old authorities are believed on.
 */
final class BelievedAuthorities {
  private static final System.Logger LOG = System.getLogger(BelievedAuthorities.class.getName());

  private final @Nullable Path file;
  private final long periodNanos;
  private final InstantSource clock;
  private int generation;
  private long lookedAt = System.nanoTime();

  /** When the first of the certificates ends that were believed in this generation. */
  private Instant firstEnd = Instant.MAX;

  private @Nullable Stamp stamp;
  private @Nullable X509ExtendedTrustManager believed;

  /** By which it is seen that a file has changed. */
  private record Stamp(FileTime time, long bytes) {
    static Stamp of(Path file) throws IOException {
      return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
    }
  }

  private BelievedAuthorities(@Nullable Path file, Duration period, InstantSource clock) {
    this.file = file;
    this.periodNanos = period.toNanos();
    this.clock = clock;
  }

  static BelievedAuthorities ofMachine() {
    return new BelievedAuthorities(null, Authorities.LOOK_PERIOD, InstantSource.system());
  }

  static BelievedAuthorities of(Path file, Duration period, InstantSource clock)
      throws IOException {
    BelievedAuthorities authorities = new BelievedAuthorities(file, period, clock);
    Stamp before = Stamp.of(file); // what changes while it is read is seen at the next look
    X509ExtendedTrustManager found = read(file);
    synchronized (authorities) {
      authorities.stamp = before;
      authorities.believed = found;
    }
    return authorities;
  }

  /** As they are named in messages. */
  String name() {
    return file == null ? "the authorities of this machine" : "the authorities of " + file;
  }

  /** Those that count now. */
  synchronized X509ExtendedTrustManager now() {
    Path changing = file;
    X509ExtendedTrustManager known = believed;
    if (known == null) {
      known = machine();
      believed = known;
    }
    return changing == null ? known : look(changing, known);
  }

  /** That these were believed, so that it is seen when one of them ends. */
  synchronized void believed(X509Certificate[] chain) {
    Instant now = clock.instant();
    for (X509Certificate each : chain) {
      Instant end = each.getNotAfter().toInstant();
      if (end.isAfter(now) && end.isBefore(firstEnd)) { // a server may show old ones besides
        firstEnd = end;
      }
    }
  }

  /** See {@link Authorities#generation}. */
  synchronized int generation() {
    long nanos = System.nanoTime();
    if (nanos - lookedAt < periodNanos) {
      return generation; // also when one ended: a server may show one that ends each time
    }
    lookedAt = nanos;
    Path changing = file;
    X509ExtendedTrustManager known = believed;
    if (changing != null && known != null) {
      look(changing, known);
    }
    if (clock.instant().isAfter(firstEnd)) {
      next();
    }
    return generation;
  }

  private synchronized void next() {
    generation++;
    firstEnd = Instant.MAX;
  }

  private synchronized X509ExtendedTrustManager look(Path at, X509ExtendedTrustManager known) {
    try {
      Stamp found = Stamp.of(at);
      if (found.equals(stamp)) {
        return known;
      }
      stamp = found; // also when it cannot be used: it is said once
      X509ExtendedTrustManager anew = read(at);
      believed = anew;
      next();
      LOG.log(Level.INFO, "{0} was read again: who is in it now is believed", at);
      return anew;
    } catch (IOException e) {
      if (stamp != null) {
        LOG.log(Level.WARNING, "{0} cannot be read, who was in it is believed on", at, e);
      }
      stamp = null;
      return known;
    }
  }

  private static X509ExtendedTrustManager read(Path file) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate each : PemFile.read(file).certificates()) {
        store.setCertificateEntry("authority-" + ++number, each);
      }
      return of(store);
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate in it cannot be used", e);
    }
  }

  private static X509ExtendedTrustManager machine() {
    try {
      return of((KeyStore) null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authorities of this machine cannot be read", e);
    }
  }

  private static X509ExtendedTrustManager of(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
