package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Port: where the answer of one invocation goes. It is used by one thread at a time, and ends in
 * one of three ways: {@link #whole}, {@link #notModified}, or {@link #stream} followed by {@link
 * #finish}. An answer that was begun and not finished is cut by whoever gave the channel.
 */
public interface AnswerChannel {
  /** What the memo was to the call; said first, so that a failure can say it, too. */
  void looked(MemoState memo);

  /** The whole answer at once. */
  void whole(AnswerHead head, AnswerEnd end, Held body);

  /** 304: the caller has this answer already. */
  void notModified(AnswerHead head, AnswerEnd end);

  /** Begins an answer whose end is not known yet. */
  OutputStream stream(AnswerHead head) throws IOException;

  /** Ends a streamed answer cleanly. */
  void finish(AnswerEnd end) throws IOException;

  /**
   * The function ran and failed; the problem that is the answer, if none was begun, follows.
   *
   * @param receipt CID of what is kept about that run, or null
   */
  void failed(@Nullable Cid receipt);

  /**
   * A body that was held back.
   *
   * @param bytes the first {@code length} of them are the body; empty when only its length counts
   * @param length bytes of the body
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Held(byte[] bytes, long length) {}
}
