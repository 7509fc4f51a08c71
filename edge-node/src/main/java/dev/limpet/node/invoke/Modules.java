package dev.limpet.node.invoke;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.GateRefusedException;
import dev.limpet.wasmhost.NotCompiledException;
import dev.limpet.wasmhost.Sandbox;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Modules ready to run. A warm one costs a look into the sandbox's cache by the SHA-256 of its
 * wasm; only when that has nothing is the wasm read. Loading goes on in a thread of its own, once
 * for all who wait, and past the deadline of whoever asked first: compiling cannot be interrupted,
 * and the next call finds it done.
 */
final class Modules {
  /** Each holds a module in memory while it compiles, one at a time. */
  static final int MAX_LOADS = 8;

  /** What the gate admits at most. */
  static final int ADMITTED_BYTES = 16 << 20;

  /** Some 200 bytes each. */
  static final int MAX_KNOWN_HASHES = 10_000;

  private static final System.Logger LOG = System.getLogger(Modules.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final String node;
  private final Sandbox sandbox;
  private final BlockSource blocks;
  private final Consumer<KnownFunction> fetch;
  private final ConcurrentHashMap<Cid, ModuleLoad> loads = new ConcurrentHashMap<>();
  private final Cache<Cid, String> hashes =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN_HASHES).executor(Runnable::run).build();

  /**
   * Modules of a sandbox.
   *
   * @param node what this one is called
   * @param blocks where wasm is read from
   * @param fetch brings the blocks of a function that are not there
   */
  Modules(String node, Sandbox sandbox, BlockSource blocks, Consumer<KnownFunction> fetch) {
    this.node = node;
    this.sandbox = sandbox;
    this.blocks = blocks;
    this.fetch = fetch;
  }

  /**
   * The module of a function.
   *
   * @throws LimpetException {@code gate-refused}, {@code function-not-found}, {@code unreachable},
   *     {@code compiling}, {@code out-of-time}, {@code overloaded}
   */
  CompiledModule ready(KnownFunction function, Deadline deadline) {
    CompiledModule cached = cached(function);
    CompiledModule ready = cached == null ? loaded(function, deadline) : cached;
    if (!ready.slow().isEmpty() && !Boolean.TRUE.equals(function.manifest().allowSlow())) {
      throw new LimpetException(
          refused("the function may run slowly, which its manifest does not allow", ready.slow()));
    }
    return ready;
  }

  private @Nullable CompiledModule cached(KnownFunction function) {
    String sha256 = sha256(function.manifest().module());
    return sha256 == null ? null : sandbox.cached(sha256);
  }

  /** The SHA-256 of the wasm when it is known: of a single block, its CID says it. */
  private @Nullable String sha256(Cid module) {
    String known = hashes.getIfPresent(module);
    if (known == null && module.codec() == Multicodec.RAW && module.multihash().isKey()) {
      known = HexFormat.of().formatHex(module.multihash().digest());
      hashes.put(module, known);
    }
    return known;
  }

  private CompiledModule loaded(KnownFunction function, Deadline deadline) {
    ModuleLoad load = load(function);
    CompiledModule loaded = load.await(deadline);
    if (loaded != null) {
      return loaded;
    }
    Duration compiles = load.compilesFor();
    if (compiles != null) {
      throw new LimpetException(compiling(compiles));
    }
    Problem passed = Deadline.passed("while the function was loaded, which goes on").problem();
    throw new LimpetException(passed.withRetryAfter(RETRY_AFTER));
  }

  /** What to say of a call that waited for the module in vain, or null when it is not compiled. */
  @Nullable Problem compiling(KnownFunction function) {
    ModuleLoad load = loads.get(function.manifest().module());
    Duration compiles = load == null ? null : load.compilesFor();
    return compiles == null ? null : compiling(compiles);
  }

  private Problem compiling(Duration since) {
    boolean whole = since.compareTo(RETRY_AFTER) >= 0;
    String time = whole ? since.toSeconds() + " s" : since.toMillis() + " ms";
    return Problem.of(
            ErrorCode.COMPILING,
            node
                + " has been compiling the module of this function for "
                + time
                + " and goes on; the same call again waits for that")
        .withRetryAfter(RETRY_AFTER);
  }

  private ModuleLoad load(KnownFunction function) {
    Cid module = function.manifest().module();
    ModuleLoad mine = new ModuleLoad();
    ModuleLoad other = loads.putIfAbsent(module, mine);
    if (other != null) {
      return other;
    }
    if (loads.size() > MAX_LOADS) {
      loads.remove(module, mine);
      LimpetException full =
          new LimpetException(
              Problem.of(ErrorCode.OVERLOADED, "too many new functions at once")
                  .withRetryAfter(RETRY_AFTER));
      mine.failed(full);
      return mine;
    }
    Thread.ofVirtual().name("limpet-load").start(() -> load(function, mine));
    return mine;
  }

  /** An error ends this thread, too: those who wait may have gone, and the node must hear of it. */
  private void load(KnownFunction function, ModuleLoad load) {
    try {
      CompiledModule loaded = loadNow(function, load);
      hashes.put(function.manifest().module(), loaded.sha256());
      load.done(loaded);
    } catch (RuntimeException e) {
      load.failed(e);
    } catch (Error e) {
      load.failed(e);
      throw e;
    } finally {
      loads.remove(function.manifest().module(), load);
    }
  }

  private CompiledModule loadNow(KnownFunction function, ModuleLoad load) {
    byte[] wasm = wasm(function);
    if (wasm == null) {
      fetch.accept(function);
      wasm = wasm(function);
    }
    if (wasm == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, "the module of " + function.cid() + " is not whole");
    }
    load.compiles();
    try {
      return sandbox.compile(wasm);
    } catch (GateRefusedException e) {
      throw new LimpetException(refused(String.valueOf(e.getMessage()), e.refusals()), e);
    } catch (NotCompiledException e) {
      LOG.log(Level.WARNING, "a module was not compiled", e);
      throw new LimpetException(
          Problem.of(ErrorCode.OVERLOADED, "the function was not compiled: " + e.getMessage())
              .withRetryAfter(RETRY_AFTER),
          e);
    }
  }

  private static Problem refused(String detail, List<Refusal> refusals) {
    return Problem.of(ErrorCode.GATE_REFUSED, detail)
        .withRefusals(
            refusals.stream()
                .map(r -> new Problem.GateRefusal(r.rule(), r.detail(), r.advice()))
                .toList());
  }

  /**
   * Refuses a function whose module is not here.
   *
   * @throws LimpetException {@code bad-car}
   */
  void requireHere(KnownFunction function) {
    if (cached(function) == null && wasm(function) == null) {
      throw new LimpetException(
          ErrorCode.BAD_CAR,
          "the CAR of a function has its module " + function.manifest().module() + " too");
    }
  }

  /** The bytes of the module, or null when a block is missing. */
  private byte @Nullable [] wasm(KnownFunction function) {
    Cid module = function.manifest().module();
    try {
      UnixFsReader reader = new UnixFsReader(blocks);
      if (!(reader.entry(module) instanceof UnixFsFile file) || file.size() > ADMITTED_BYTES) {
        throw new LimpetException(
            ErrorCode.GATE_REFUSED,
            "the module " + module + " is not a file of at most " + ADMITTED_BYTES + " bytes");
      }
      byte[] wasm = new byte[(int) file.size()];
      reader.readFully(file, 0, wasm, 0, wasm.length);
      return wasm;
    } catch (BlockNotFoundException e) {
      return null;
    } catch (ContentException e) {
      throw new LimpetException(
          ErrorCode.GATE_REFUSED, "the module " + module + " cannot be read: " + e.getMessage(), e);
    }
  }
}
