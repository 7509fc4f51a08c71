package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.MemoState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An answer that a test looks at while it is written. */
class RecordedAnswer implements AnswerChannel {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CountDownLatch taken = new CountDownLatch(1);
  private volatile boolean begun;
  private volatile boolean isTaken = true;
  private volatile @Nullable AnswerEnd end;

  boolean isBegun() {
    return begun;
  }

  boolean isEnded() {
    return end != null;
  }

  /** Nobody reads what is streamed, until it is taken. */
  void isNotTaken() {
    isTaken = false;
  }

  void isTakenNow() {
    taken.countDown();
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void looked(MemoState memo) {}

  @Override
  public void whole(AnswerHead head, AnswerEnd said, Held body) {
    bytes.write(body.bytes(), 0, Math.toIntExact(body.length()));
    end = said;
  }

  @Override
  public void notModified(AnswerHead head, AnswerEnd said) {
    end = said;
  }

  @Override
  public OutputStream stream(AnswerHead head) throws IOException {
    begun = true;
    return isTaken ? bytes : new Untaken();
  }

  /** Takes nothing, as a connection whose peer does not read. */
  private final class Untaken extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      try {
        taken.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  @Override
  public void failed(@Nullable Cid receipt) {
    // what is looked at here is the body
  }

  @Override
  public void finish(AnswerEnd said) {
    end = said;
  }
}
