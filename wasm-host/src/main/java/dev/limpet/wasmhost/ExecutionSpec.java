package dev.limpet.wasmhost;

import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.engine.GuestMemory;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that one Execution gets and may use. Without further words: no arguments, no environment, no
 * data, empty input, output thrown away, the limits of {@code pure-1}, ten seconds, clock at 0.
 *
 * <p>Input and output are used by one thread of the sandbox, which blocks in them, or by the
 * caller's ({@link Builder#mayRunHere}); they are never closed by it. After {@link Sandbox#run} has
 * returned neither is touched any more, except that a call already stuck in one may end.
 */
public final class ExecutionSpec {

  /** Arguments and environment together must fit a small guest; each string ends with a NUL. */
  public static final int MAX_STRINGS_BYTES = 256 << 10;

  /** As many inputs as a path of {@link Mount} has numbers for, and far fewer descriptors. */
  public static final int MAX_MOUNTS = 16;

  private final List<String> arguments;
  private final Map<String, String> environment;
  private final boolean raw;
  private final InputStream input;
  private final byte @Nullable [] shortInput;
  private final OutputStream output;
  private final List<Mount> mounts;
  private final @Nullable Script script;
  private final SandboxLimits limits;
  private final Determinism determinism;
  private final Duration wall;
  private final WallLift wallLift;
  private final CancelToken cancel;
  private final LiveLog log;
  private final Consumer<GuestMemory> memoryAtEnd;

  private ExecutionSpec(Builder builder) {
    arguments = List.copyOf(builder.arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(builder.environment));
    raw = builder.raw;
    input = builder.input;
    shortInput = builder.shortInput;
    output = builder.output;
    mounts = List.copyOf(builder.mounts);
    script = builder.script;
    limits = builder.limits;
    determinism = builder.determinism;
    wall = builder.wall;
    wallLift = builder.wallLift;
    cancel = builder.cancel;
    log = builder.log;
    memoryAtEnd = builder.memoryAtEnd;
    checkStrings();
    checkMounts();
  }

  private void checkStrings() {
    long total = 0;
    for (String argument : arguments) {
      total += checked("argument", argument);
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().isEmpty() || variable.getKey().indexOf('=') >= 0) {
        throw new IllegalArgumentException("bad name of a variable: " + variable.getKey());
      }
      total += checked("variable", variable.getKey()) + checked("variable", variable.getValue());
    }
    if (total > MAX_STRINGS_BYTES) {
      throw new IllegalArgumentException(
          "arguments and environment have " + total + " bytes, at most " + MAX_STRINGS_BYTES);
    }
  }

  /** An upper bound of the bytes that the string takes in the guest. */
  private static long checked(String what, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in an " + what);
    }
    return value.length() * 3L + 1;
  }

  private void checkMounts() {
    Set<String> paths = new HashSet<>();
    for (Mount mount : mounts) {
      if (!paths.add(mount.path())) {
        throw new IllegalArgumentException("two mounts at " + mount.path());
      }
    }
    if (mounts.size() > MAX_MOUNTS) {
      throw new IllegalArgumentException(mounts.size() + " mounts, at most " + MAX_MOUNTS);
    }
  }

  /** A builder with the defaults that the class names. */
  public static Builder builder() {
    return new Builder();
  }

  /** The guest's argv; the first is the program's name by convention. */
  public List<String> arguments() {
    return arguments;
  }

  /** The guest's environment, in this order. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Whether the module is called as a raw function; else it is a WASI command. */
  public boolean isRaw() {
    return raw;
  }

  /** Standard input. */
  public InputStream input() {
    return input;
  }

  /**
   * All that {@link #input()} gives, when the call may run on the thread that asks for it; null
   * when it may not, which is the default. Not to be changed.
   */
  byte @Nullable [] shortInput() {
    return shortInput;
  }

  /** Standard output: gets bytes as the guest writes them, one write for each of its own. */
  public OutputStream output() {
    return output;
  }

  /** Data by path, in the order of the guest's descriptors. */
  public List<Mount> mounts() {
    return mounts;
  }

  /** What a language runtime in the module runs, or null. */
  public @Nullable Script script() {
    return script;
  }

  /** What the guest may use. */
  public SandboxLimits limits() {
    return limits;
  }

  /** Clock base and seed. */
  public Determinism determinism() {
    return determinism;
  }

  /** Wall time from the call of {@link Sandbox#run}, waiting included. */
  public Duration wall() {
    return wall;
  }

  /** Takes that time off the Execution while it runs. It belongs to one Execution. */
  public WallLift wallLift() {
    return wallLift;
  }

  /** Ends the Execution from outside. A token belongs to one Execution. */
  public CancelToken cancel() {
    return cancel;
  }

  /** Shows standard error while the Execution runs. It belongs to one Execution. */
  public LiveLog log() {
    return log;
  }

  /** Sees the guest's memory when it has ended, on its thread, before anything else has it. */
  Consumer<GuestMemory> memoryAtEnd() {
    return memoryAtEnd;
  }

  /** Collects the parts; every part has a default. */
  public static final class Builder {
    private List<String> arguments = List.of();
    private Map<String, String> environment = Map.of();
    private boolean raw;
    private InputStream input = InputStream.nullInputStream();
    private byte @Nullable [] shortInput;
    private OutputStream output = OutputStream.nullOutputStream();
    private final List<Mount> mounts = new ArrayList<>();
    private @Nullable Script script;
    private SandboxLimits limits = SandboxLimits.pure0();
    private Determinism determinism = new Determinism(0, new byte[Determinism.SEED_BYTES]);
    private Duration wall = Duration.ofSeconds(10);
    private WallLift wallLift = new WallLift();
    private CancelToken cancel = new CancelToken();
    private LiveLog log = new LiveLog();
    private Consumer<GuestMemory> memoryAtEnd = _ -> {};

    private Builder() {}

    /** See {@link ExecutionSpec#arguments()}. */
    public Builder arguments(List<String> value) {
      arguments = value;
      return this;
    }

    /** See {@link ExecutionSpec#environment()}. */
    public Builder environment(Map<String, String> value) {
      environment = value;
      return this;
    }

    /** See {@link ExecutionSpec#isRaw()}. */
    public Builder raw() {
      raw = true;
      return this;
    }

    /** See {@link ExecutionSpec#input()}. Whether it may run here has to be said anew. */
    public Builder input(InputStream value) {
      input = value;
      shortInput = null;
      return this;
    }

    /**
     * Lets a call that is short, as nearly all calls of its module were, run on the thread that
     * asks for it: another thread need not be woken, nor this one. Its answer, a few kilobytes at
     * most, is then written when the guest has ended, and nothing watches over that: for an output
     * that takes so much without waiting. The thread must have a stack of the JVM's usual size.
     *
     * @param wholeInput what the {@link #input} gives that was set before, not to be changed
     */
    public Builder mayRunHere(byte[] wholeInput) {
      shortInput = wholeInput;
      return this;
    }

    /** See {@link ExecutionSpec#output()}. */
    public Builder output(OutputStream value) {
      output = value;
      return this;
    }

    /** Adds data. See {@link ExecutionSpec#mounts()}. */
    public Builder mount(String path, DataMount data) {
      mounts.add(new Mount(path, data));
      return this;
    }

    /** See {@link ExecutionSpec#script()}. */
    public Builder script(Script value) {
      script = value;
      return this;
    }

    /** See {@link ExecutionSpec#limits()}. */
    public Builder limits(SandboxLimits value) {
      limits = value;
      return this;
    }

    /** See {@link ExecutionSpec#determinism()}. */
    public Builder determinism(Determinism value) {
      determinism = value;
      return this;
    }

    /** See {@link ExecutionSpec#wall()}. */
    public Builder wall(Duration value) {
      wall = value;
      return this;
    }

    /** See {@link ExecutionSpec#wallLift()}. */
    public Builder wallLift(WallLift value) {
      wallLift = value;
      return this;
    }

    /** See {@link ExecutionSpec#cancel()}. */
    public Builder cancel(CancelToken value) {
      cancel = value;
      return this;
    }

    /** See {@link ExecutionSpec#log()}. */
    public Builder log(LiveLog value) {
      log = value;
      return this;
    }

    /**
     * Has the guest's memory hashed when it has ended, for {@link Usage#memoryHash()}, on its
     * thread and in its time: about half a millisecond for each MiB that is not zero.
     */
    public Builder memoryHash() {
      return memoryAtEnd(new MemoryDigest());
    }

    /** See {@link ExecutionSpec#memoryAtEnd()}. */
    Builder memoryAtEnd(Consumer<GuestMemory> value) {
      memoryAtEnd = value;
      return this;
    }

    /**
     * Checks and builds.
     *
     * @throws IllegalArgumentException when a string has a NUL, strings are too long, or mounts
     *     collide
     */
    public ExecutionSpec build() {
      return new ExecutionSpec(this);
    }
  }
}
