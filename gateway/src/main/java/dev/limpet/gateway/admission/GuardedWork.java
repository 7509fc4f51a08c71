package dev.limpet.gateway.admission;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work whose beginning may throw. */
public final class GuardedWork {
  private GuardedWork() {}

  /** What comes of the work; fails with what {@code begin} throws. Never throws itself. */
  public static <T extends @Nullable Object> Future<T> of(Supplier<Future<T>> begin) {
    return Future.<Void>succeededFuture().compose(_ -> begin.get());
  }
}
