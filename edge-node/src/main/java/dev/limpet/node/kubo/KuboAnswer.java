package dev.limpet.node.kubo;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.ipld.DagJson;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.retrieval.AnswerBody;
import dev.limpet.node.retrieval.AnswerHead;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubo answers: bytes, or JSON values, one on each line. An error on the way stands in a
 * trailer or in a line; a body is whole only when its end was seen without one.
 */
final class KuboAnswer implements AutoCloseable {
  /** A pin with its name, or an error. */
  static final int MAX_KUBO_LINE_BYTES = 16 << 10;

  private static final String STREAM_ERROR = "x-stream-error";
  private static final int OK = 200;

  private final KuboClient client;
  private final KuboConnection connection;
  private final AnswerHead head;
  private final AnswerBody body;
  private final InputStream in;

  KuboAnswer(KuboClient client, KuboConnection connection, AnswerHead head, AnswerBody body) {
    this.client = client;
    this.connection = connection;
    this.head = head;
    this.body = body;
    this.in = new BufferedInputStream(body);
  }

  boolean isRefusal() {
    return head.status() != OK;
  }

  /** Why Kubo refuses; the connection is done with then. */
  KuboException refusal() throws IOException {
    byte[] text = in.readNBytes(MAX_KUBO_LINE_BYTES);
    recycle();
    try {
      if (DagJson.decode(text) instanceof Ipld.MapNode(Map<String, Ipld> entries)
          && entries.get("Message") instanceof Ipld.Text(String message)) {
        return new KuboException(head.status(), message);
      }
    } catch (ContentException e) {
      return new KuboException(head.status(), said(text));
    }
    return new KuboException(head.status(), said(text));
  }

  private String said(byte[] text) {
    String line = new String(text, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    return "status " + head.status() + ": " + line.substring(0, Math.min(200, line.length()));
  }

  /** All bytes, so many at most. */
  byte[] bytes(int most) throws IOException {
    byte[] bytes = told(most);
    if (in.read() >= 0) {
      throw new IOException("it sends more than " + most + " bytes");
    }
    finish();
    return bytes;
  }

  /** Into one array, where the answer says how much there is. */
  private byte[] told(int most) throws IOException {
    long length = body.length();
    if (length < 0 || length > most) {
      return in.readNBytes(most);
    }
    byte[] bytes = new byte[(int) length];
    int read = in.readNBytes(bytes, 0, bytes.length);
    if (read < bytes.length) {
      throw new IOException("it closed the connection in the middle of its answer");
    }
    return bytes;
  }

  /** The next JSON object; null behind the last one. */
  @Nullable Map<String, Ipld> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
      line.write(octet);
      if (line.size() > MAX_KUBO_LINE_BYTES) {
        throw new IOException("it sends a line of more than " + MAX_KUBO_LINE_BYTES + " bytes");
      }
    }
    if (line.size() == 0) {
      finish();
      return null;
    }
    try {
      if (DagJson.decode(line.toByteArray()) instanceof Ipld.MapNode(Map<String, Ipld> entries)) {
        if (entries.get("Type") instanceof Ipld.Text(String type)
            && type.equals("error")
            && entries.get("Message") instanceof Ipld.Text(String message)) {
          throw new KuboException(message);
        }
        return entries;
      }
    } catch (ContentException e) {
      throw new IOException("it sends JSON that is none: " + e.getMessage(), e);
    }
    throw new IOException("it sends JSON that is no object");
  }

  /** The only JSON object. */
  Map<String, Ipld> only() throws IOException {
    Map<String, Ipld> first = next();
    if (first == null || next() != null) {
      throw new IOException("it sends not one JSON value");
    }
    return first;
  }

  private void finish() throws IOException {
    if (in.read() >= 0) {
      throw new IOException("it sends more than was asked for");
    }
    String error = body.trailers().get(STREAM_ERROR);
    if (error != null && !error.isEmpty()) {
      throw new KuboException(error);
    }
  }

  private void recycle() {
    if (head.persistent() && body.isBehind()) {
      client.keep(connection);
    } else {
      connection.close();
    }
  }

  @Override
  public void close() {
    recycle();
    client.ended();
  }
}
