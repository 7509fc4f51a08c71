package dev.limpet.node.library;

import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.kubo.KuboException;
import io.ipfs.api.IPFS;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls a Kubo through the library, which is made when the Kubo answers for the first time. All
 * methods may be called from any thread; a thread waits when {@link #MAX_LIBRARY_CALLS} others
 * call.
 */
public final class LibraryClient {
  /** Calls at once; each has a connection and holds its answer as a whole. */
  static final int MAX_LIBRARY_CALLS = 32;

  /** What the library quotes of a Kubo that refuses. */
  private static final Pattern MESSAGE = Pattern.compile("\"Message\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static final int QUOTED_CHARS = 200;

  private final KuboAddress address;
  private final Semaphore calls = new Semaphore(MAX_LIBRARY_CALLS, true);
  private volatile boolean closed;
  private volatile @Nullable IPFS library;

  /**
   * A client; nothing is sent yet.
   *
   * @param address a Kubo on this machine, without a token
   * @param silence how long it may send nothing: the library has no such limit where it uploads, so
   *     this becomes the one of all connections of the JDK's old client
   * @throws IllegalArgumentException when the library cannot reach it safely, with a sentence
   */
  public LibraryClient(KuboAddress address, Duration silence) {
    requireUsable(address);
    this.address = address;
    String millis = Long.toString(silence.toMillis());
    System.setProperty("sun.net.client.defaultConnectTimeout", millis);
    System.setProperty("sun.net.client.defaultReadTimeout", millis);
  }

  /**
   * Refuses what the library cannot do.
   *
   * @throws IllegalArgumentException with a sentence
   */
  public static void requireUsable(KuboAddress address) {
    if (address.token() != null) {
      throw new IllegalArgumentException(
          "java-ipfs-http-client cannot send a token: use kubo:URL, or a Kubo without"
              + " API.Authorizations");
    }
    if (!"http".equals(address.url().getScheme())) {
      throw new IllegalArgumentException(
          "java-ipfs-http-client is used with a Kubo on this machine: reach others by kubo:URL");
    }
  }

  /** A call to the library. */
  @FunctionalInterface
  interface Work<T> {
    T run(IPFS ipfs) throws IOException;
  }

  /**
   * Calls.
   *
   * @throws KuboException when the Kubo refuses
   * @throws IOException when it does not answer, or the library fails in whatever way: its errors
   *     are unchecked, and those of a version that it is not made for are {@link LinkageError}s
   */
  <T> T call(Work<T> work) throws IOException {
    if (closed) {
      throw new IOException("the store is closed");
    }
    calls.acquireUninterruptibly();
    try {
      return work.run(library());
    } catch (RuntimeException | LinkageError e) {
      throw understood(e);
    } finally {
      calls.release();
    }
  }

  private IPFS library() {
    IPFS made = library;
    if (made == null) {
      made = new IPFS(address.url().getHost(), address.port());
      library = made;
    }
    return made;
  }

  private static IOException understood(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    Matcher message = MESSAGE.matcher(text);
    if (message.find()) {
      return new KuboException(message.group(1));
    }
    String line = text.strip().replaceAll("\\s+", " ");
    String quoted = line.length() > QUOTED_CHARS ? line.substring(0, QUOTED_CHARS) : line;
    return new IOException("java-ipfs-http-client fails: " + quoted, failure);
  }

  /** The Kubo that is called. */
  KuboAddress address() {
    return address;
  }

  /** Calls no more; calls under way end. */
  void close() {
    closed = true;
  }
}
