package dev.limpet.gateway.call;

import dev.limpet.gateway.proxy.Outlet;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One call at one node, or at two, of which the first answer is the caller's. Everything runs on
 * the event loop of the call, so there are no locks.
 *
 * <p>Invariants. Each transfer has a {@link Lane} of its own for outlet and waiter. The lane that
 * first sets the status of an answer has won: what it writes goes to the caller, and the other one
 * is told that nobody waits any more, as when a caller goes, so that its node is told too. A lane
 * that ends without an answer is silent as long as the other one runs; when both end so, the caller
 * hears the first. The call counts once, for the lane that won, or for the last to end when none
 * did.
 */
final class Race {
  private final Outlet out;
  private final Waiter waiter;
  private Runnable over;
  private final Lane first = new Lane();
  private final Lane second = new Lane();
  private @Nullable Lane winner;
  private @Nullable Lane failed;
  private int running = 1;

  /**
   * A race with one lane.
   *
   * @param out where the answer goes
   * @param waiter who hears that there is none
   * @param over run when every lane has ended
   */
  Race(Outlet out, Waiter waiter, Runnable over) {
    this.out = out;
    this.waiter = waiter;
    this.over = over;
    out.whenGone(this::callerGone);
  }

  /** Does this, too, when every lane has ended, before anything else. */
  void whenOver(Runnable also) {
    Runnable then = over;
    over =
        () -> {
          also.run();
          then.run();
        };
  }

  /** The lane of the first transfer. */
  Lane first() {
    return first;
  }

  /** Whether a second transfer may still be of use. */
  boolean isOpen() {
    return winner == null && running == 1 && failed == null && !out.isGone();
  }

  /** Begins a second lane, while {@link #isOpen}. */
  Lane second() {
    running++;
    return second;
  }

  private void callerGone() {
    first.leave();
    second.leave();
  }

  /** One way of the call to its answer. */
  final class Lane implements Outlet, Waiter, CallRoute.Sequel {
    private final MultiMap unseen = MultiMap.caseInsensitiveMultiMap();
    private @Nullable Problem problem;
    private Runnable gone = () -> {};
    private boolean left;

    private Lane() {}

    private boolean hasWon() {
      return winner == this;
    }

    private boolean mayWrite() {
      if (winner == null && !left) {
        winner = this;
        (this == first ? second : first).leave();
      }
      return hasWon();
    }

    private void leave() {
      if (!left) {
        left = true;
        gone.run();
      }
    }

    @Override
    public boolean isCounted() {
      return hasWon() || (winner == null && running == 1);
    }

    @Override
    public boolean isWinner() {
      return hasWon();
    }

    @Override
    public void run() {
      running--;
      if (running > 0) {
        return;
      }
      Lane told = failed;
      if (winner == null && told != null && told.problem != null) {
        waiter.headers().setAll(told.unseen);
        waiter.problem(told.problem);
      }
      over.run();
    }

    @Override
    public ExecutionId nextId() {
      return waiter.nextId();
    }

    /** There is no answer here: the caller hears it when there is none anywhere. */
    @Override
    public void problem(Problem why) {
      if (hasWon()) { // its answer broke off before a byte of it was seen
        waiter.problem(why);
        return;
      }
      problem = why;
      if (failed == null) {
        failed = this;
      }
    }

    @Override
    public boolean isHead() {
      return out.isHead();
    }

    @Override
    public boolean knowsChunks() {
      return out.knowsChunks();
    }

    @Override
    public boolean isGone() {
      return left || out.isGone();
    }

    @Override
    public void whenGone(Runnable then) {
      gone = then;
    }

    @Override
    public boolean hasHead() {
      return hasWon() && out.hasHead();
    }

    @Override
    public void status(int code) {
      if (mayWrite()) {
        out.status(code);
      }
    }

    @Override
    public MultiMap headers() {
      return hasWon() ? out.headers() : unseen;
    }

    @Override
    public MultiMap trailers() {
      return hasWon() ? out.trailers() : unseen;
    }

    @Override
    public void chunked(boolean unknownLength) {
      if (hasWon()) {
        out.chunked(unknownLength);
      }
    }

    @Override
    public boolean isChunked() {
      return hasWon() && out.isChunked();
    }

    @Override
    public void writeHead() {
      if (hasWon()) {
        out.writeHead();
      }
    }

    @Override
    public void write(Buffer data) {
      if (hasWon()) {
        out.write(data);
      }
    }

    @Override
    public boolean isFull() {
      return hasWon() && out.isFull();
    }

    @Override
    public void whenWritable(Runnable then) {
      if (hasWon()) {
        out.whenWritable(then);
      }
    }

    @Override
    public void end() {
      if (hasWon()) {
        out.end();
      }
    }

    @Override
    public void end(Buffer data) {
      if (hasWon()) {
        out.end(data);
      }
    }

    @Override
    public Future<Void> written() {
      return hasWon() ? out.written() : Future.succeededFuture();
    }

    @Override
    public void cut() {
      if (hasWon()) {
        out.cut();
      }
    }
  }
}
