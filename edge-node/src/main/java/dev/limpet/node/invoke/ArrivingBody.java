package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.CancelToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A short body that is still being sent, read whole before its function starts. Whoever waits for
 * its next byte cannot be told to stop without closing the connection, on which the caller shall
 * hear why: so a thread of its own reads, and the call's thread leaves it when the call ends first.
 * It ends with the connection, which is closed after such an answer.
 */
final class ArrivingBody {
  private final InputStream stream;
  private final Duration limit;
  private final Alarms alarms;

  /**
   * A body that comes.
   *
   * @param limit without a byte of it
   */
  ArrivingBody(InputStream stream, Duration limit, Alarms alarms) {
    this.stream = stream;
    this.limit = limit;
    this.alarms = alarms;
  }

  /**
   * So many bytes of it; fewer when it ends before.
   *
   * @param cancel ends the call, and is cancelled when the body stands still
   * @throws LimpetException {@code out-of-time} when it stands still, or the call's time is over
   */
  byte[] read(int length, Deadline deadline, CancelToken cancel) throws IOException {
    CompletableFuture<byte[]> whole = new CompletableFuture<>();
    try (StallWatch watch = new StallWatch(limit, alarms, cancel)) {
      InputStream watched = watch.watch(stream);
      cancel.onCancel(() -> whole.completeExceptionally(new LimpetException(watch.problem())));
      DetachedRead.begin(() -> watched.readNBytes(length), whole);
      return await(whole, deadline);
    } finally {
      cancel.onCancel(null);
    }
  }

  private static byte[] await(CompletableFuture<byte[]> whole, Deadline deadline)
      throws IOException {
    try {
      return whole.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw Deadline.passed("while the body of the request came");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ExecutionException e) {
      throw DetachedRead.thrown(e);
    }
  }
}
