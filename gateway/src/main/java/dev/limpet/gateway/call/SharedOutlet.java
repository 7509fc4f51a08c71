package dev.limpet.gateway.call;

import dev.limpet.gateway.proxy.Outlet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * The connection of a caller whose answer others wait for: when it closes, the answer still comes
 * here as long as one of them waits, and goes nowhere.
 */
final class SharedOutlet implements Outlet {
  private final Outlet caller;
  private final CallFlight flight;
  private final Context context;
  private boolean callerGone;

  SharedOutlet(Outlet caller, CallFlight flight, Context context) {
    this.caller = caller;
    this.flight = flight;
    this.context = context;
  }

  @Override
  public boolean isHead() {
    return caller.isHead();
  }

  @Override
  public boolean knowsChunks() {
    return caller.knowsChunks();
  }

  @Override
  public boolean isGone() {
    return caller.isGone() && !flight.isWanted();
  }

  @Override
  public void whenGone(Runnable then) {
    caller.whenGone(
        () -> {
          callerGone = true;
          flight.leaderLeaves(() -> context.runOnContext(_ -> then.run()));
        });
  }

  @Override
  public boolean hasHead() {
    return caller.hasHead();
  }

  @Override
  public void status(int code) {
    if (!callerGone) {
      caller.status(code);
    }
  }

  @Override
  public MultiMap headers() {
    return caller.headers();
  }

  @Override
  public MultiMap trailers() {
    return caller.trailers();
  }

  @Override
  public void chunked(boolean unknownLength) {
    if (!callerGone) {
      caller.chunked(unknownLength);
    }
  }

  @Override
  public boolean isChunked() {
    return caller.isChunked();
  }

  @Override
  public void writeHead() {
    if (!callerGone) {
      caller.writeHead();
    }
  }

  @Override
  public void write(Buffer data) {
    if (!callerGone) {
      caller.write(data);
    }
  }

  @Override
  public boolean isFull() {
    return !callerGone && caller.isFull();
  }

  @Override
  public void whenWritable(Runnable then) {
    caller.whenWritable(then);
  }

  @Override
  public void end() {
    if (!callerGone) {
      caller.end();
    }
  }

  @Override
  public void end(Buffer data) {
    if (!callerGone) {
      caller.end(data);
    }
  }

  @Override
  public Future<Void> written() {
    return callerGone ? Future.succeededFuture() : caller.written();
  }

  @Override
  public void cut() {
    if (!callerGone) {
      caller.cut();
    }
  }
}
