package dev.limpet.node.invoke;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The functions that this node knows. Manifests travel with each call and are remembered decoded;
 * modules are kept as blocks, found among the node's data too, and fetched from the gateway when
 * they are missing. All of it can be fetched again, so the store may forget.
 */
public final class FunctionStore {
  /** A module of 16 MiB, a script of 4 MiB, their inner nodes, and the manifest. */
  public static final long MAX_FUNCTION_CAR_BYTES = 22L << 20;

  /** Some 10 KiB each. */
  static final int MAX_KNOWN_FUNCTIONS = 1000;

  /** How long whoever pushes a function waits for its compilation. */
  private static final Duration PUSH_TIME = Duration.ofSeconds(60);

  private final Blockstore own;
  private final Modules modules;
  private final Scripts scripts;
  private final AllowedFunctions allowed;
  private final Cache<Cid, KnownFunction> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN_FUNCTIONS).executor(Runnable::run).build();

  FunctionStore(InvocationParts parts, CarClient client) {
    this.own = parts.functions();
    this.allowed = parts.allowed();
    BlockSource local = parts.data().blocks();
    BlockSource both = new FirstOf(own, local);
    FunctionFetch fetch = new FunctionFetch(parts.gateway(), client, own);
    Consumer<KnownFunction> missing = function -> fetch.fetch(function.cid());
    this.modules = new Modules(parts.node(), parts.sandbox(), both, missing);
    this.scripts = new Scripts(both, missing);
  }

  /**
   * A function whose manifest came with a call.
   *
   * @throws LimpetException {@code bad-manifest}, {@code not-supported}, or {@code forbidden} when
   *     the owner of this node does not let it run here
   */
  KnownFunction known(Cid function, Supplier<byte[]> manifest) {
    KnownFunction found = known.getIfPresent(function);
    if (found == null) {
      found = KnownFunction.of(function, manifest.get());
      known.put(function, found);
    }
    allowed.check(found.cid(), found.manifest().module());
    return found;
  }

  /** The modules of known functions. */
  Modules modules() {
    return modules;
  }

  /** The scripts of known functions. */
  Scripts scripts() {
    return scripts;
  }

  /**
   * Takes a function that the gateway pushes, and compiles it ahead.
   *
   * @param car has the manifest as its root, the module, and the script if there is one
   * @throws LimpetException {@code bad-car}, {@code bad-block}, {@code bad-manifest}, {@code
   *     gate-refused}, {@code compiling} when the compilation takes longer, which goes on
   * @throws IOException when the stream fails
   */
  public void put(Cid function, InputStream car) throws IOException {
    try {
      CarReader reader = new CarReader(car, new CarLimits(MAX_FUNCTION_CAR_BYTES, Long.MAX_VALUE));
      if (!reader.roots().equals(List.of(function))) {
        throw new LimpetException(
            ErrorCode.BAD_CAR, "the CAR of a function has one root, its manifest " + function);
      }
      new CarIntake(function, own).read(reader, _ -> {});
      KnownFunction pushed = known(function, () -> own.require(function));
      modules.requireHere(pushed);
      scripts.requireHere(pushed);
      modules.ready(pushed, Deadline.in(PUSH_TIME));
    } catch (ContentException e) {
      throw fault(e);
    }
  }

  private static LimpetException fault(ContentException e) {
    ErrorCode code =
        switch (e) {
          case CarFormatException _, BlockNotFoundException _, PathNotFoundException _ ->
              ErrorCode.BAD_CAR;
          case HashMismatchException _, MalformedBlockException _ -> ErrorCode.BAD_BLOCK;
          case ContentLimitException _ -> ErrorCode.BODY_TOO_LARGE;
          case QuotaExceededException _ -> ErrorCode.QUOTA_EXCEEDED;
          case StoreFailedException _ -> ErrorCode.STORE_FAILED;
        };
    return new LimpetException(code, e.getMessage(), e);
  }
}
