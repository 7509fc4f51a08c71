package dev.limpet.cli.run;

import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.invoke.AnswerChannel;
import dev.limpet.node.invoke.AnswerEnd;
import dev.limpet.node.invoke.AnswerHead;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The answer of a node, written to a stream. */
final class RunAnswer implements AnswerChannel {
  private final OutputStream out;
  private volatile @Nullable AnswerHead head;
  private volatile @Nullable AnswerEnd end;
  private volatile @Nullable ClosedPipeException closed;

  RunAnswer(OutputStream out) {
    this.out = new Watched(out);
  }

  /** That nobody reads the answer any more, or null. */
  @Nullable ClosedPipeException closed() {
    return closed;
  }

  /** What it says before its body, or null when it did not begin. */
  @Nullable AnswerHead head() {
    return head;
  }

  /** How the answer ended, or null when it did not end well. */
  @Nullable AnswerEnd end() {
    return end;
  }

  @Override
  public void looked(MemoState memo) {} // a single run keeps no answers

  @Override
  public void whole(AnswerHead theHead, AnswerEnd theEnd, Held body) {
    head = theHead;
    try {
      out.write(body.bytes(), 0, Math.toIntExact(body.length()));
      finish(theEnd);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void notModified(AnswerHead theHead, AnswerEnd theEnd) {
    throw new IllegalStateException("nobody asked for an answer of before");
  }

  @Override
  public OutputStream stream(AnswerHead theHead) {
    head = theHead;
    return out;
  }

  @Override
  public void failed(@Nullable Cid receipt) {
    // nobody keeps receipts here, and the problem is told by whoever gets its exception
  }

  @Override
  public void finish(AnswerEnd theEnd) throws IOException {
    out.flush();
    end = theEnd;
  }

  /** Guests write from threads of the sandbox, where this failure would look like any other. */
  private final class Watched extends OutputStream {
    private final OutputStream target;

    Watched(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        target.write(bytes, offset, length);
      } catch (ClosedPipeException e) {
        closed = e;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }
}
