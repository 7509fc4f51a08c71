package dev.limpet.wasmhost.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What has become of modules since the start. Safe for use by many threads. */
public final class CompileCounts {

  /** What is counted. */
  public enum Event {
    /** A module was compiled. */
    COMPILED,
    /** The compiler refused a module, or it broke a bound. */
    REFUSED,
    /** A module was not compiled, and not by its own fault. */
    FAILED,
    /** The code of a module was loaded from the node's own folder. */
    LOADED,
    /** The code of a trusted builder was taken. */
    BUILT,
    /** Code that should be a trusted builder's was not taken. */
    BUILT_REFUSED,
    /** A process that compiles was started. */
    PROCESS_STARTED,
    /** A process that compiles ended at work, or was ended for what it did. */
    PROCESS_LOST
  }

  private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);
  private final LongAdder nanos = new LongAdder();

  /** Nothing so far. */
  public CompileCounts() {
    for (Event event : Event.values()) {
      counts.put(event, new LongAdder());
    }
  }

  /** Counts one. */
  public void count(Event event) {
    adder(event).increment();
  }

  /** How often that was. */
  public long of(Event event) {
    return adder(event).sum();
  }

  private LongAdder adder(Event event) {
    LongAdder adder = counts.get(event);
    if (adder == null) {
      throw new IllegalStateException("every event has a count: " + event);
    }
    return adder;
  }

  /** Seconds by the clock that compiling took, of all that ended, however it ended. */
  public double seconds() {
    return nanos.sum() / 1e9;
  }

  /** A compiler that counts what that one does, and is closed with it. */
  public Compiler counted(Compiler compiler) {
    return new Compiler() {
      @Override
      public Artifact compile(byte[] wasm) {
        long start = System.nanoTime();
        Event event = Event.FAILED;
        try {
          Artifact artifact = compiler.compile(wasm);
          event = Event.COMPILED;
          return artifact;
        } catch (ModuleRefused e) {
          event = Event.REFUSED;
          throw e;
        } finally {
          nanos.add(System.nanoTime() - start);
          count(event);
        }
      }

      @Override
      public void close() {
        compiler.close();
      }
    };
  }
}
