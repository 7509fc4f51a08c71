package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.invoke.AnswerChannel;
import dev.limpet.node.invoke.AnswerEnd;
import dev.limpet.node.invoke.AnswerHead;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answer of an invocation on the wire. */
final class InvocationAnswer implements AnswerChannel {
  private static final HeaderName EXECUTION = HeaderNames.create(Headers.EXECUTION);
  private static final HeaderName FUNCTION = HeaderNames.create(Headers.FUNCTION);
  private static final HeaderName DATA_BYTES = HeaderNames.create(Headers.DATA_BYTES);
  private static final HeaderName MEMO = HeaderNames.create(Headers.MEMO);
  private static final HeaderName TASK = HeaderNames.create(Headers.TASK);
  private static final HeaderName RECEIPT = HeaderNames.create(Headers.RECEIPT);
  private static final HeaderName BYTES_FETCHED = HeaderNames.create(Headers.BYTES_FETCHED);
  private static final HeaderName BLOCKS_READ = HeaderNames.create(Headers.BLOCKS_READ);
  private static final HeaderName USAGE = HeaderNames.create(Headers.USAGE);
  private static final HeaderName TIMING = HeaderNames.create(Headers.SERVER_TIMING);
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private static final List<String> FOR_GATEWAY =
      Stream.concat(Headers.TRAILERS.stream(), Stream.of(Headers.USAGE)).toList();

  private final Exchange exchange;
  private volatile @Nullable OutputStream streamed;

  InvocationAnswer(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Whether an answer was begun whose end is open. */
  boolean isBegun() {
    return streamed != null;
  }

  @Override
  public void looked(MemoState memo) {
    exchange.set(MEMO, memo.text());
  }

  @Override
  public void whole(AnswerHead head, AnswerEnd end, Held body) {
    head(head);
    end(end, exchange::set);
    exchange.set(HeaderNames.CONTENT_TYPE, head.contentType());
    if (head.status() == NO_CONTENT || head.status() == NOT_MODIFIED) {
      exchange.remove(HeaderNames.CONTENT_TYPE);
      exchange.answerEmpty(head.status());
    } else if (exchange.isHead() || body.bytes().length == 0) {
      exchange.answerHead(head.status(), body.length());
    } else if (head.memo() == MemoState.HIT && head.status() == OK && end.etag() != null) {
      BytesAnswer.answer(exchange, end.etag(), body.bytes());
    } else {
      exchange.answer(
          head.status(), head.contentType(), body.bytes(), Math.toIntExact(body.length()));
    }
  }

  @Override
  public void notModified(AnswerHead head, AnswerEnd end) {
    head(head);
    end(end, exchange::set);
    exchange.answerEmpty(NOT_MODIFIED);
  }

  @Override
  public OutputStream stream(AnswerHead head) {
    head(head);
    exchange.set(HeaderNames.CONTENT_TYPE, head.contentType());
    exchange.announceTrailers(exchange.isForGateway() ? FOR_GATEWAY : Headers.TRAILERS);
    OutputStream out = new BegunAnswer(exchange.stream(head.status(), -1));
    streamed = out;
    return out;
  }

  @Override
  public void finish(AnswerEnd end) throws IOException {
    OutputStream out = streamed;
    if (out == null) {
      throw new IllegalStateException("the answer was not begun");
    }
    end(end, exchange::trailer);
    out.close();
  }

  @Override
  public void failed(@Nullable Cid receipt) {
    if (receipt != null && !isBegun()) {
      exchange.set(RECEIPT, receipt.toString());
    }
  }

  private void head(AnswerHead head) {
    head.lines().forEach(line -> exchange.add(line.getKey(), line.getValue()));
    if (exchange.isForGateway()) {
      FixedHeaders.API.takeFrom(exchange);
    } else {
      ofItsOwn(head);
    }
    exchange.set(EXECUTION, head.execution().text());
    exchange.set(MEMO, head.memo().text());
    if (head.dataBytes() >= 0) {
      exchange.set(DATA_BYTES, head.dataBytes());
    }
    if (!head.vary().isEmpty()) {
      exchange.set(HeaderNames.VARY, String.join(", ", head.vary()));
    }
  }

  /**
   * What the gateway says itself, so that it need not travel. The gateway decides who may keep an
   * answer; here only that it may be asked for again.
   */
  private void ofItsOwn(AnswerHead head) {
    FixedHeaders.CONTENT.setOn(exchange);
    exchange.set(HeaderNames.CACHE_CONTROL, "private, no-cache");
    exchange.set(FUNCTION, head.function().toString());
  }

  private void end(AnswerEnd end, BiConsumer<HeaderName, String> set) {
    if (end.task() != null) {
      set.accept(TASK, end.task().toString());
    }
    if (end.receipt() != null) {
      set.accept(RECEIPT, end.receipt().toString());
    }
    if (end.etag() != null) {
      set.accept(HeaderNames.ETAG, end.etag());
    }
    set.accept(BYTES_FETCHED, Long.toString(end.bytesFetched()));
    set.accept(BLOCKS_READ, Long.toString(end.blocksRead()));
    set.accept(TIMING, end.timing());
    if (end.fuel() > 0 && exchange.isForGateway()) {
      set.accept(USAGE, "fuel=" + end.fuel() + ", memory=" + end.memoryBytes());
    }
  }

  /**
   * Sends its head with its first bytes at once: an answer that was begun can then only be finished
   * or cut. The server's unchecked failures become those of a stream.
   */
  private final class BegunAnswer extends FilterOutputStream {
    private boolean sent;

    BegunAnswer(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      guarded(
          () -> {
            out.write(source, offset, length);
            if (!sent) {
              out.flush();
              sent = true;
            }
          });
    }

    @Override
    public void flush() throws IOException {
      guarded(sent ? out::flush : exchange::flushHead);
      sent = true;
    }

    @Override
    public void close() throws IOException {
      guarded(out::close);
    }

    private static void guarded(Write write) throws IOException {
      try {
        write.run();
      } catch (RuntimeException e) {
        throw new IOException("the caller went away", e);
      }
    }
  }

  private interface Write {
    void run() throws IOException;
  }
}
