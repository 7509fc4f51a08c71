package dev.limpet.node.kubo;

import dev.limpet.node.retrieval.AnswerBody;
import dev.limpet.node.retrieval.AnswerHead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Calls a Kubo's RPC over connections that are kept. All methods may be called from any thread; a
 * thread waits when {@link #MAX_KUBO_CALLS} others call.
 */
public final class KuboClient implements AutoCloseable {
  /** Calls at once; more only wait in the Kubo. */
  static final int MAX_KUBO_CALLS = 32;

  private static final System.Logger LOG = System.getLogger(KuboClient.class.getName());
  private static final byte[] NOTHING = new byte[0];

  private final KuboAddress address;
  private final Duration silence;
  private final boolean gathers;
  private final Semaphore calls = new Semaphore(MAX_KUBO_CALLS, true);
  private final Deque<KuboConnection> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * A client; nothing is sent yet.
   *
   * @param address of the Kubo
   * @param silence how long it may send nothing while an answer is waited for
   */
  public KuboClient(KuboAddress address, Duration silence) {
    this(address, silence, true);
  }

  private KuboClient(KuboAddress address, Duration silence, boolean gathers) {
    this.address = address;
    this.silence = silence;
    this.gathers = gathers;
  }

  /** The same for a gateway, which sends in pieces that are worth a read each. */
  static KuboClient ofGateway(KuboAddress address, Duration silence) {
    return new KuboClient(address, silence, false);
  }

  /** The Kubo that is called. */
  public KuboAddress address() {
    return address;
  }

  /**
   * Calls without a body.
   *
   * @param command with its query, such as {@code block/get?arg=…}
   * @return the answer, to be closed
   * @throws KuboException when Kubo refuses
   * @throws IOException when it is not reached or breaks off
   */
  KuboAnswer call(String command) throws IOException {
    return call(command, "", NOTHING);
  }

  /**
   * Gets something of a gateway, if that has it on its machine.
   *
   * @param target below its root, with its query, such as {@code ipfs/CID?format=raw}
   * @return the answer, to be closed
   * @throws KuboException when it refuses, or has it not
   * @throws IOException when it is not reached or breaks off
   */
  KuboAnswer get(String target) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("GET /").append(target).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(address.url().getAuthority()).append("\r\n");
    head.append("User-Agent: limpet\r\nCache-Control: only-if-cached\r\n\r\n");
    return call(head.toString().getBytes(StandardCharsets.US_ASCII), NOTHING);
  }

  /** Calls with a file as the only part of a form. */
  KuboAnswer upload(String command, byte[] file) throws IOException {
    String boundary = "limpet-part-boundary";
    while (contains(file, boundary)) {
      boundary += "-";
    }
    byte[] head =
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] body = new byte[head.length + file.length + tail.length];
    System.arraycopy(head, 0, body, 0, head.length);
    System.arraycopy(file, 0, body, head.length, file.length);
    System.arraycopy(tail, 0, body, head.length + file.length, tail.length);
    return call(command, "multipart/form-data; boundary=" + boundary, body);
  }

  private static boolean contains(byte[] file, String boundary) {
    return new String(file, StandardCharsets.ISO_8859_1).contains(boundary);
  }

  private KuboAnswer call(String command, String type, byte[] body) throws IOException {
    return call(head(command, type, body.length), body);
  }

  private KuboAnswer call(byte[] head, byte[] body) throws IOException {
    calls.acquireUninterruptibly();
    boolean answered = false;
    try {
      KuboAnswer answer = answer(head, body);
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        calls.release();
      }
    }
  }

  private byte[] head(String command, String type, int length) {
    StringBuilder head = new StringBuilder(256);
    head.append("POST /api/v0/").append(command).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(address.url().getAuthority()).append("\r\n");
    head.append("User-Agent: limpet\r\n");
    if (address.token() != null) {
      head.append("Authorization: Bearer ").append(address.token()).append("\r\n");
    }
    if (!type.isEmpty()) {
      head.append("Content-Type: ").append(type).append("\r\n");
    }
    head.append("Content-Length: ").append(length).append("\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** A kept connection may have been closed meanwhile: then once more over a new one. */
  private KuboAnswer answer(byte[] head, byte[] body) throws IOException {
    KuboConnection kept = kept();
    if (kept != null) {
      try {
        return over(kept, head, body);
      } catch (KuboException e) {
        throw e;
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a kept connection to the Kubo has ended", e);
      }
    }
    return over(KuboConnection.open(address, silence, gathers), head, body);
  }

  private KuboAnswer over(KuboConnection connection, byte[] head, byte[] body) throws IOException {
    KuboException refusal;
    try {
      connection.send(head, body);
      AnswerHead answer = AnswerHead.read(connection.in());
      KuboAnswer result =
          new KuboAnswer(this, connection, answer, AnswerBody.of(answer, connection.in()));
      if (!result.isRefusal()) {
        return result;
      }
      refusal = result.refusal();
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
    throw refusal;
  }

  private synchronized @Nullable KuboConnection kept() throws IOException {
    if (closed) {
      throw new IOException("the store is closed");
    }
    return idle.pollLast();
  }

  /** Takes back the connection of an answer that was read. */
  synchronized void keep(KuboConnection connection) {
    if (closed) {
      connection.close();
    } else {
      idle.addLast(connection);
    }
  }

  /** An answer is done with, whatever became of its connection. */
  void ended() {
    calls.release();
  }

  /** Closes the connections that wait; calls under way end. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(KuboConnection::close);
    idle.clear();
  }
}
