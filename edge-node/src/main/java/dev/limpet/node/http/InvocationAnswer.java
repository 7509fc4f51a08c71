package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.HeadLines.LineName;
import dev.limpet.node.invoke.AnswerChannel;
import dev.limpet.node.invoke.AnswerEnd;
import dev.limpet.node.invoke.AnswerHead;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answer of an invocation on the wire. */
final class InvocationAnswer implements AnswerChannel {
  private static final LineName EXECUTION = new LineName(Headers.EXECUTION);
  private static final LineName DATA_BYTES = new LineName(Headers.DATA_BYTES);
  private static final LineName MEMO = new LineName(Headers.MEMO);
  private static final LineName TASK = new LineName(Headers.TASK);
  private static final LineName RECEIPT = new LineName(Headers.RECEIPT);
  private static final LineName BYTES_FETCHED = new LineName(Headers.BYTES_FETCHED);
  private static final LineName BLOCKS_READ = new LineName(Headers.BLOCKS_READ);
  private static final LineName USAGE = new LineName(Headers.USAGE);
  private static final LineName TIMING = new LineName(Headers.SERVER_TIMING);
  private static final HeaderName FUNCTION = HeaderNames.create(Headers.FUNCTION);
  private static final Header HIT = memo(MemoState.HIT);
  private static final Header MISS = memo(MemoState.MISS);
  private static final Header BYPASS = memo(MemoState.BYPASS);
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

  private static Header memo(MemoState memo) {
    return HeaderValues.createCached(Headers.MEMO, memo.text());
  }

  /** Whether an answer was begun whose end is open. */
  boolean isBegun() {
    return streamed != null;
  }

  @Override
  public void looked(MemoState memo) {
    exchange.set(
        switch (memo) {
          case HIT -> HIT;
          case MISS -> MISS;
          case BYPASS -> BYPASS;
        });
  }

  @Override
  public void whole(AnswerHead head, AnswerEnd end, Held body) {
    head(head, end);
    if (head.status() == NO_CONTENT || head.status() == NOT_MODIFIED) {
      exchange.answerEmpty(head.status());
      return;
    }
    exchange.set(HeaderNames.CONTENT_TYPE, head.contentType());
    if (exchange.isHead() || body.bytes().length == 0) {
      exchange.answerHead(head.status(), body.length());
    } else if (head.memo() == MemoState.HIT && head.status() == OK && end.etag() != null) {
      BytesAnswer.answer(exchange, end.etag(), body.bytes());
    } else {
      exchange.answerBytes(head.status(), body.bytes(), Math.toIntExact(body.length()));
    }
  }

  @Override
  public void notModified(AnswerHead head, AnswerEnd end) {
    head(head, end);
    exchange.answerEmpty(NOT_MODIFIED);
  }

  @Override
  public OutputStream stream(AnswerHead head) {
    head(head, null);
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
    if (end.etag() != null) {
      exchange.trailer(HeaderNames.ETAG, end.etag());
    }
    end(end, new Trailers());
    out.close();
  }

  @Override
  public void failed(@Nullable Cid receipt) {
    if (receipt != null && !isBegun()) {
      exchange.set(RECEIPT.header(), receipt.toString());
    }
  }

  /**
   * Sets what stands in the head of an answer.
   *
   * @param end of it, or null when that is told in trailers
   */
  private void head(AnswerHead head, @Nullable AnswerEnd end) {
    for (Map.Entry<String, String> line : head.lines()) {
      exchange.add(line.getKey(), line.getValue());
    }
    if (exchange.isForGateway()) {
      FixedHeaders.API.takeFrom(exchange);
    } else {
      ofItsOwn(head);
    }
    exchange.remove(MEMO.header());
    if (!head.vary().isEmpty()) {
      exchange.set(HeaderNames.VARY, String.join(", ", head.vary()));
    }
    HeadLines lines = new HeadLines(EXECUTION, head.execution().text());
    lines.text(MEMO, head.memo().text());
    if (head.dataBytes() >= 0) {
      lines.number(DATA_BYTES, head.dataBytes());
    }
    if (end != null) {
      if (end.etag() != null) {
        exchange.set(HeaderNames.ETAG, end.etag());
      }
      exchange.remove(TIMING.header()); // what a function says of it is not ours
      end(end, lines);
    }
    exchange.set(lines);
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

  /** Says how it ended, in the head or behind the body. */
  private void end(AnswerEnd end, AnswerLines lines) {
    if (end.task() != null) {
      lines.cid(TASK, end.task());
    }
    if (end.receipt() != null) {
      lines.cid(RECEIPT, end.receipt());
    }
    lines.number(BYTES_FETCHED, end.bytesFetched());
    lines.number(BLOCKS_READ, end.blocksRead());
    lines.text(TIMING, end.timing());
    String usage = usage(end);
    if (usage != null) {
      lines.text(USAGE, usage);
    }
  }

  /** What the gateway bills and shows; null when nothing ran. */
  private @Nullable String usage(AnswerEnd end) {
    return end.fuel() > 0 && exchange.isForGateway()
        ? "fuel=" + end.fuel() + ", memory=" + end.memoryBytes()
        : null;
  }

  private final class Trailers implements AnswerLines {
    @Override
    public void text(LineName line, String said) {
      exchange.trailer(line.header(), said);
    }

    @Override
    public void number(LineName line, long count) {
      text(line, Long.toString(count));
    }

    @Override
    public void cid(LineName line, Cid cid) {
      text(line, cid.toString());
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
