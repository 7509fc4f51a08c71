package dev.limpet.wasmhost;

import dev.limpet.wasmhost.abi.CommandAbi;
import dev.limpet.wasmhost.abi.RawAbi;
import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.GuestLimits;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.GuestTrap;
import dev.limpet.wasmhost.engine.GuestWorld;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import dev.limpet.wasmhost.wasi.LogBuffer;
import dev.limpet.wasmhost.wasi.WasiSetup;
import dev.limpet.wasmhost.wasi.WasiState;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One guest on its thread, from its first array to its outcome. */
final class GuestRun {

  private static final String CALL_STACK = "call stack exhausted";

  private final LoadedModule module;
  private final ExecutionSpec spec;
  private final StopSignal signal;
  private final Budget.Lease lease;
  private final InstancePool.@Nullable Use use;
  private final GuestPlace place;
  private final long startNanos;
  private final LogBuffer log;
  private long admittedNanos;
  private long readyNanos;
  private @Nullable WasiState state;
  private @Nullable GuestMemory memory;

  /**
   * A run that has not begun.
   *
   * @param lease pays for the instance that it has, or has the module's initial memory reserved
   * @param use of an instance, for a raw function and for one that is initialised
   * @param place where it runs
   */
  GuestRun(
      Admission admission, Budget.Lease lease, InstancePool.@Nullable Use use, GuestPlace place) {
    this.module = admission.module();
    this.spec = admission.spec();
    this.signal = admission.signal();
    this.lease = lease;
    this.use = use;
    this.place = place;
    this.startNanos = admission.start();
    this.log = new LogBuffer(spec.limits().logBytes());
  }

  /** From now on whoever looks at the log of the Execution sees what this run wrote and writes. */
  void showLog() {
    spec.log().begin(log);
  }

  /** What the engine holds a guest to. */
  private static GuestLimits limits(ExecutionSpec spec, int maxDepth) {
    SandboxLimits limits = spec.limits();
    return new GuestLimits(limits.memoryBytes(), limits.fuel(), maxDepth);
  }

  /** Use of an instance for a run that may have one that was made before; null for others. */
  static InstancePool.@Nullable Use use(
      InstancePool pool, Admission admission, Budget.Lease lease) {
    LoadedModule module = admission.module();
    ExecutionSpec spec = admission.spec();
    return spec.isRaw() || module.initialises() ? pool.use(kind(module, spec), lease) : null;
  }

  /** What instances may serve that run. */
  private static InstancePool.Kind kind(LoadedModule module, ExecutionSpec spec) {
    Script script = spec.script();
    return new InstancePool.Kind(
        module,
        limits(spec, spec.limits().callDepth()),
        spec.isRaw(),
        script == null ? null : script.key());
  }

  /** Runs it, and remembers how long it took. Whatever happens is an outcome. */
  ExecutionResult run() {
    admittedNanos = System.nanoTime();
    readyNanos = admittedNanos;
    Outcome outcome = outcome();
    ExecutionResult result = new ExecutionResult(outcome, usage(outcome));
    module.shortness().ended(result.usage().times().computed().toNanos());
    if (use != null) {
      giveBack(use, outcome);
    }
    return result;
  }

  /** After this the memory may be another guest's. */
  private void giveBack(InstancePool.Use instance, Outcome outcome) {
    memory = null;
    try (instance) {
      if (spec.isRaw() && outcome instanceof Outcome.Completed) {
        instance.keep();
      }
    }
  }

  private Outcome outcome() {
    try {
      signal.check();
      int exitCode = start();
      return exitCode != 0 && growthDenied()
          ? new Outcome.OverMemory()
          : new Outcome.Completed(exitCode);
    } catch (GuestStopped e) {
      return stopped(e.reason());
    } catch (GuestTrap e) {
      return trapped(e.reason());
    } catch (RuntimeException | Error e) {
      return new Outcome.HostFailed(e);
    }
  }

  private int start() {
    WasiState world = new WasiState(setup(), signal);
    state = world;
    Script script = spec.script();
    Object first = script == null ? world : new WasiState(scriptAlone(script), signal);
    GuestWorld own = new GuestWorld(limits(spec, place.maxDepth()), lease, signal, first);
    GuestMemory guest = use == null ? module.memory(own) : use.memory(own);
    memory = guest;
    Runnable ready =
        () -> {
          guest.meet(world);
          readyNanos = System.nanoTime();
        };
    if (use != null && spec.isRaw()) {
      try {
        new RawAbi(guest, world, lease).run(use, place.wholeInput(), ready);
        return 0;
      } finally {
        spec.memoryAtEnd().accept(guest);
        module.ended(guest);
      }
    }
    try {
      world.openFiles();
      return use == null ? CommandAbi.run(module, guest, ready) : CommandAbi.run(use, ready);
    } finally {
      spec.memoryAtEnd().accept(guest);
      module.endedForGood(guest);
    }
  }

  private WasiSetup setup() {
    SandboxLimits limits = spec.limits();
    List<WasiSetup.NamedMount> mounts = new ArrayList<>(spec.mounts().size());
    for (Mount mount : spec.mounts()) {
      mounts.add(new WasiSetup.NamedMount(mount.path(), mount.data()));
    }
    Script script = spec.script();
    return new WasiSetup(
        new WasiSetup.Program(spec.arguments(), spec.environment()),
        new WasiSetup.Streams(place.input(), place.output(), limits.outputBytes(), log),
        files(script, mounts),
        spec.determinism().clockBaseNanos(),
        spec.determinism()::seed);
  }

  /** What a guest sees while it is initialised: as {@link Script} says. */
  private WasiSetup scriptAlone(Script script) {
    return new WasiSetup(
        new WasiSetup.Program(script.arguments(), Map.of()),
        new WasiSetup.Streams(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), 0, log),
        files(script, Script.NO_DATA),
        0,
        () -> new byte[Determinism.SEED_BYTES]);
  }

  private WasiSetup.Files files(@Nullable Script script, List<WasiSetup.NamedMount> mounts) {
    SandboxLimits limits = spec.limits();
    return new WasiSetup.Files(
        script == null ? null : new WasiSetup.NamedMount(Script.PATH, script.data()),
        mounts,
        limits.openFiles(),
        limits.scratchBytes(),
        lease);
  }

  private boolean growthDenied() {
    GuestMemory guest = memory;
    return guest != null && guest.growthDenied();
  }

  private Outcome trapped(String reason) {
    return growthDenied() ? new Outcome.OverMemory() : new Outcome.Trapped(reason);
  }

  private Outcome stopped(StopReason reason) {
    return switch (reason) {
      case StopReason.Exit exit -> new Outcome.Completed(exit.code());
      case StopReason.OutOfFuel none -> new Outcome.OutOfFuel();
      case StopReason.TooDeep none -> trapped(CALL_STACK);
      case StopReason.OutOfTime none -> new Outcome.OutOfTime();
      case StopReason.Cancelled none -> new Outcome.Cancelled();
      case StopReason.NoNodeMemory none -> new Outcome.NoNodeMemory(false);
      case StopReason.OverOutput none -> new Outcome.OverOutput();
      case StopReason.DataUnavailable data -> new Outcome.DataUnavailable(data.detail());
      case StopReason.OutputFailed failed -> new Outcome.OutputFailed(failed.cause());
      case StopReason.InputFailed failed -> new Outcome.InputFailed(failed.cause());
    };
  }

  private Usage usage(Outcome outcome) {
    GuestMemory guest = memory;
    WasiState world = state;
    Usage.Times times =
        new Usage.Times(
            Duration.ofNanos(admittedNanos - startNanos),
            Duration.ofNanos(readyNanos - admittedNanos),
            Duration.ofNanos(System.nanoTime() - readyNanos));
    return new Usage(
        guest == null ? 0 : guest.usedFuel(),
        guest == null ? 0 : guest.size(),
        world == null ? 0 : world.outputBytes(),
        GuestLog.of(log),
        times,
        hash(outcome));
  }

  /** A guest that was ended from outside has a memory that says nothing of its Task. */
  private @Nullable String hash(Outcome outcome) {
    return spec.memoryAtEnd() instanceof MemoryDigest digest && outcome.isGuests()
        ? digest.hex()
        : null;
  }

  /** The result of a guest that never ran. */
  static ExecutionResult neverRan(Outcome outcome, long startNanos) {
    Duration queued = Duration.ofNanos(System.nanoTime() - startNanos);
    Usage.Times times = new Usage.Times(queued, Duration.ZERO, Duration.ZERO);
    return new ExecutionResult(outcome, new Usage(0, 0, 0, GuestLog.EMPTY, times, null));
  }

  /** The outcome of a guest that was stopped before it ran, or that does not end when it should. */
  static Outcome outcomeOf(@Nullable StopReason reason) {
    return reason instanceof StopReason.Cancelled
        ? new Outcome.Cancelled()
        : new Outcome.OutOfTime();
  }
}
