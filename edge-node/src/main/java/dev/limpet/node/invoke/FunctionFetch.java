package dev.limpet.node.invoke;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings functions that are missing here from the gateway. A call may be here before this node
 * knows that it was let in, when its session has just been replaced, or together with more new
 * functions than the gateway sends at once: none of that is the caller's fault, and is waited for.
 */
final class FunctionFetch {
  /** How long a gateway may take to send a function, from when it may be asked. */
  private static final Duration FETCH_TIME = Duration.ofSeconds(30);

  /**
   * How long the token of a session is waited for. A gateway that sends a call has let this node
   * in, so its answer is on its way; one that was lost is asked for again within five seconds.
   */
  private static final Duration TOKEN_TIME = Duration.ofSeconds(10);

  /** A gateway that sends as many functions as it may is asked again after a third to all of it. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(1500);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /** The newest session, and one that has begun while the gateway refused that. */
  private static final int SESSIONS = 2;

  private final Supplier<@Nullable GatewayDoor> gateway;
  private final CarClient client;
  private final Blockstore own;

  /**
   * Fetches nothing yet.
   *
   * @param gateway null when the node has none
   * @param own where blocks go
   */
  FunctionFetch(Supplier<@Nullable GatewayDoor> gateway, CarClient client, Blockstore own) {
    this.gateway = gateway;
    this.client = client;
    this.own = own;
  }

  /**
   * Brings the blocks of a function here.
   *
   * @throws LimpetException {@code function-not-found}, {@code unreachable} when there is no
   *     gateway or it does not let this node in, {@code hash-mismatch}, {@code out-of-time}, {@code
   *     overloaded}, {@code node-failed}
   */
  void fetch(Cid function) {
    GatewayDoor door = gateway.get();
    if (door == null) {
      throw missing(function, "no gateway to ask");
    }
    try {
      fetch(function, door);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    }
  }

  private void fetch(Cid function, GatewayDoor door) throws InterruptedException {
    String refused = null;
    for (int session = 0; session < SESSIONS; session++) {
      String token = token(door, refused, function);
      try {
        patiently(function, door, token);
        return;
      } catch (LimpetException e) {
        if (e.code() != ErrorCode.UNAUTHORIZED) {
          throw e;
        }
        refused = token;
      }
    }
    throw missing(function, "its gateway does not let it in");
  }

  private static String token(GatewayDoor door, @Nullable String refused, Cid function)
      throws InterruptedException {
    String token = door.tokens().newest(refused, TOKEN_TIME);
    if (token == null) {
      throw missing(function, "is not joined with its gateway");
    }
    return token;
  }

  private static LimpetException missing(Cid function, String and) {
    String detail = "this node does not have the function " + function + " and " + and;
    return new LimpetException(
        Problem.of(ErrorCode.UNREACHABLE, detail).withRetryAfter(RETRY_AFTER));
  }

  private void patiently(Cid function, GatewayDoor door, String token) throws InterruptedException {
    Deadline deadline = Deadline.in(FETCH_TIME);
    while (true) {
      try {
        once(function, door, token, deadline);
        return;
      } catch (LimpetException e) {
        long most = LONGEST_PAUSE.toMillis();
        Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 3, most));
        if (e.code() != ErrorCode.OVERLOADED || deadline.left().compareTo(pause) <= 0) {
          throw e;
        }
        client.rest(pause);
      }
    }
  }

  private void once(Cid function, GatewayDoor door, String token, Deadline deadline) {
    CarClient.Wanted wanted =
        new CarClient.Wanted(
            door.url().resolve("/v1/functions/" + function),
            door.authorities(),
            Map.of("Authorization", "Bearer " + token),
            deadline,
            () -> false);
    CarIntake intake = new CarIntake(function, own);
    FetchMeter meter = new FetchMeter(FunctionStore.MAX_FUNCTION_CAR_BYTES);
    try (FetchMeter.Transfer transfer = meter.transfer()) {
      client.get(wanted, transfer, reader -> intake.read(reader, _ -> {}));
    } catch (ContentException e) {
      throw new LimpetException(
          ErrorCode.HASH_MISMATCH, "the gateway sent a broken function: " + e.getMessage(), e);
    } catch (LimpetException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw new LimpetException(
            ErrorCode.FUNCTION_NOT_FOUND, "the gateway does not have " + function, e);
      }
      throw e;
    }
  }
}
