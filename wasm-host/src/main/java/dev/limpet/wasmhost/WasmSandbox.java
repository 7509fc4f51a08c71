package dev.limpet.wasmhost;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.compiler.BuiltCode;
import dev.limpet.wasmhost.compiler.ChildCompiler;
import dev.limpet.wasmhost.compiler.CompilerBounds;
import dev.limpet.wasmhost.compiler.TrustedCode;
import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.HostFunctions;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.ModuleCache;
import dev.limpet.wasmhost.engine.ModuleRefused;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import dev.limpet.wasmhost.wasi.Preview1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox over the engine.
 *
 * <p>A call that is likely to be short is tried on its caller's thread ({@link ShortRuns}). All
 * others, and those that were tried in vain, go through these stages, each of which ends when the
 * run's signal is stopped: wait for a thread and a permit to compute ({@link GuestScheduler}),
 * there wait for memory, run on that thread while the caller waits. Thread, permit and memory are
 * given back by the guest's thread when the guest has really ended. When a guest does not end soon
 * after its signal, because a caller's stream holds it, the caller gets its outcome all the same;
 * the thread stays taken until the stream lets go of it.
 */
final class WasmSandbox implements Sandbox {

  /**
   * Stack of a guest's thread: holds the deepest calls that the metering lets through, in the JVM's
   * interpreter too.
   */
  static final long GUEST_STACK_BYTES = 16L << 20;

  /** The longest wall time that anybody can ask for: an hour. */
  private static final Duration MAX_WALL = Duration.ofHours(1);

  /** How long a stopped guest may take to end before its caller is told. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(WasmSandbox.class.getName());
  private static final int SHA_256_CHARS = 64;

  /** How much memory a module may start with is its manifest's, so it is checked at each run. */
  private final ModuleGate gate =
      new ModuleGate(GateLimits.pure0().withMemoryBytes(SandboxLimits.MAX_MEMORY_BYTES));

  private final CompileCounts counts = new CompileCounts();
  private final ModuleCache modules;
  private final InstancePool pool;
  private final Budget memory;
  private final GuestScheduler guests;
  private final ShortRuns shortRuns;
  private final Watchdog watchdog;
  private final Set<StopSignal> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  WasmSandbox(SandboxConfig config) {
    SandboxConfig.CompiledCache cache = config.cache();
    pool = new InstancePool(config.guestMemoryBytes());
    memory = new Budget(config.guestMemoryBytes(), pool);
    try {
      modules =
          new ModuleCache(
              new HostFunctions(Preview1.functions()),
              compiler(config, counts),
              new ModuleCache.Storage(
                  cache.directory(), cache.macKey(), cache.diskBytes(), cache.memoryBytes()),
              module -> memory.freed(pool.forget(module)));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for compiled code: " + cache.directory(), e);
    }
    guests = new GuestScheduler(config.cores());
    shortRuns = new ShortRuns(guests, memory, pool);
    watchdog = new Watchdog("limpet-watchdog", guests::tick);
  }

  private static Compiler compiler(SandboxConfig config, CompileCounts counts) {
    CompilerBounds bounds = config.compiler();
    Compiler compiler =
        counts.counted(
            bounds == null ? Compiler.inThisProcess() : new ChildCompiler(bounds, counts));
    TrustedCode built = config.built();
    return built == null ? compiler : new BuiltCode(built, compiler, counts);
  }

  private record Handle(
      WasmSandbox owner, String sha256, LoadedModule module, CompiledModule.Source source)
      implements CompiledModule {

    @Override
    public List<Refusal> slow() {
      return module.slow();
    }

    @Override
    public List<String> hints() {
      return module.hints();
    }
  }

  private Handle handle(String sha256, ModuleCache.Hit hit) {
    if (hit.origin() == ModuleCache.Origin.DISK) {
      counts.count(CompileCounts.Event.LOADED);
    }
    CompiledModule.Source source =
        switch (hit.origin()) {
          case MEMORY -> CompiledModule.Source.MEMORY;
          case DISK -> CompiledModule.Source.DISK;
          case COMPILED -> CompiledModule.Source.COMPILED;
        };
    return new Handle(this, sha256, hit.module(), source);
  }

  @Override
  public CompiledModule compile(byte[] wasm) {
    requireOpen();
    String sha256 = ModuleCache.sha256(wasm);
    ModuleCache.@Nullable Hit known = modules.find(sha256);
    if (known != null) {
      return handle(sha256, known);
    }
    return switch (gate.inspect(wasm)) {
      case GateVerdict.Refused refused -> throw new GateRefusedException(refused.refusals());
      case GateVerdict.Admitted admitted -> handle(sha256, compileAdmitted(sha256, wasm));
    };
  }

  private ModuleCache.Hit compileAdmitted(String sha256, byte[] wasm) {
    try {
      return modules.compile(sha256, wasm);
    } catch (ModuleRefused e) {
      throw new GateRefusedException(List.of(e.refusal()));
    } catch (CompilerFailedException e) {
      throw new NotCompiledException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public @Nullable CompiledModule cached(String sha256) {
    requireOpen();
    if (!isSha256(sha256)) {
      throw new IllegalArgumentException("not a SHA-256 in lower case: " + sha256);
    }
    ModuleCache.@Nullable Hit hit = modules.find(sha256);
    return hit == null ? null : handle(sha256, hit);
  }

  private static boolean isSha256(String text) {
    boolean hex = text.length() == SHA_256_CHARS;
    for (int i = 0; hex && i < SHA_256_CHARS; i++) {
      char c = text.charAt(i);
      hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return hex;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the sandbox is closed");
    }
  }

  @Override
  public ExecutionResult run(CompiledModule module, ExecutionSpec spec) {
    requireOpen();
    LoadedModule loaded = loaded(module);
    long start = System.nanoTime();
    ExecutionResult here = shortRuns.run(loaded, spec, start);
    return here == null ? runElsewhere(loaded, spec, start) : here;
  }

  /** The code of a module of this sandbox. */
  LoadedModule loaded(CompiledModule module) {
    if (!(module instanceof Handle handle) || handle.owner() != this) {
      throw new IllegalArgumentException("the module is of another sandbox");
    }
    return handle.module();
  }

  private ExecutionResult runElsewhere(LoadedModule module, ExecutionSpec spec, long start) {
    Duration wall = spec.wall().compareTo(MAX_WALL) < 0 ? spec.wall() : MAX_WALL;
    StopSignal signal = new StopSignal();
    Watchdog.Alarm alarm =
        watchdog.later(() -> signal.stop(new StopReason.OutOfTime()), wall.toNanos());
    spec.wallLift().onLift(alarm::cancel);
    spec.cancel().onCancel(() -> signal.stop(new StopReason.Cancelled()));
    running.add(signal);
    try {
      if (closed) {
        signal.stop(new StopReason.Cancelled());
      }
      return admit(new Admission(module, spec, signal, start, start + wall.toNanos()));
    } finally {
      running.remove(signal);
      spec.cancel().onCancel(null);
      alarm.cancel();
    }
  }

  private ExecutionResult admit(Admission admission) {
    if (admission.module().initialMemoryBytes() > admission.spec().limits().memoryBytes()) {
      return GuestRun.neverRan(new Outcome.OverMemory(), admission.start());
    }
    GuestTurn turn = new GuestTurn(admission, memory, pool);
    if (!guests.submit(turn)) {
      return GuestRun.neverRan(new Outcome.Cancelled(), admission.start()); // it is being closed
    }
    Runnable takeBack = admission.signal().onStop(() -> stopped(turn));
    try {
      return turn.await();
    } finally {
      takeBack.run();
    }
  }

  /** One that waits for its turn ends now; a guest that runs gets a moment to end by itself. */
  private void stopped(GuestTurn turn) {
    if (turn.giveUp()) {
      guests.remove(turn);
      return;
    }
    Watchdog.Alarm _ =
        watchdog.later(
            () -> {
              if (turn.abandon()) {
                LOG.log(
                    Level.WARNING, "a stopped guest does not end: a stream or its data holds it");
              }
            },
            GRACE.toNanos());
  }

  @Override
  public CompileCounts counts() {
    return counts;
  }

  /** Instances that wait for a call. */
  InstancePool pool() {
    return pool;
  }

  /** What guests may have together. */
  Budget memory() {
    return memory;
  }

  @Override
  public void close() {
    closed = true;
    running.forEach(signal -> signal.stop(new StopReason.Cancelled()));
    modules.close();
    try {
      if (!guests.close(GRACE.plus(GRACE))) {
        LOG.log(Level.WARNING, "guests still run after the sandbox was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watchdog.close();
  }
}
