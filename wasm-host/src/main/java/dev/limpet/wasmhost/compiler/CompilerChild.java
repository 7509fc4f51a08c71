package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleRefused;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process that compiles. One thread asks it; another looks at it ten times a second and ends it
 * when it breaks a bound or had nothing to do for long. Whichever ends it, the one that asks reads
 * the end of its answers, and finds out here why.
 */
final class CompilerChild {

  /** Why it was ended: the module's refusal says it. */
  private enum Broken {
    CPU,
    WALL
  }

  /** Lines that one process may add to this one's log. */
  private static final int MAX_LOG_LINES = 100;

  private static final long LOOK_MILLIS = 100;

  /** Time to end by itself; one that records an AOT cache needs most of it. */
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Exit code of a JVM without memory that has -XX:+ExitOnOutOfMemoryError. */
  private static final int OUT_OF_MEMORY = 3;

  private static final System.Logger LOG = System.getLogger(CompilerChild.class.getName());

  private final CompilerBounds bounds;
  private final Process process;
  private final DataOutputStream requests;
  private final DataInputStream answers;
  private int begun = 1;
  private boolean working = true;
  private boolean ended;
  private boolean lost;
  private @Nullable Broken broken;

  /** When the work, the idleness or the ending began. */
  private long since = System.nanoTime();

  private long cpuBefore;

  /** It ended without an answer, and no bound was the reason. */
  static final class EndedException extends Exception {
    private static final long serialVersionUID = 1L;

    EndedException(String detail, Throwable cause) {
      super(detail, cause);
    }
  }

  private CompilerChild(CompilerBounds bounds, Process process) {
    this.bounds = bounds;
    this.process = process;
    this.requests = new DataOutputStream(process.getOutputStream());
    this.answers = new DataInputStream(process.getInputStream());
  }

  /**
   * Starts one that has its first module already: neither its end nor the end of its idle time can
   * come before that.
   */
  static CompilerChild start(CompilerBounds bounds) {
    try {
      CompilerChild child = new CompilerChild(bounds, CompilerCommand.start(bounds));
      Thread.ofVirtual().name("limpet-compiler-watch").start(child::watch);
      // Reading a pipe would hold a carrier of virtual threads.
      Thread.ofPlatform().name("limpet-compiler-log").daemon().start(child::readLog);
      return child;
    } catch (IOException e) {
      throw new CompilerFailedException("no process to compile in could be started", e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Whether it will take no more modules, and has none. */
  synchronized boolean isSpent() {
    return !working && (ended || begun >= bounds.modules() || !process.isAlive());
  }

  /** Whether it gave no answer that could be used, and was ended. */
  synchronized boolean isLost() {
    return lost;
  }

  /** Takes it for one module more; not while it has another, or when it is spent. */
  synchronized boolean begin() {
    if (working || isSpent()) {
      return false;
    }
    begun++;
    cpuBefore = cpuNanos();
    since = System.nanoTime();
    working = true;
    return true;
  }

  /**
   * Compiles, after {@link #start} or {@link #begin}.
   *
   * @throws ModuleRefused by the engine, or for breaking a bound
   * @throws CompilerFailedException when its answer is not one that may be used
   * @throws EndedException when it ended without one
   */
  Artifact compile(byte[] wasm) throws EndedException {
    boolean whole = false;
    try {
      CompilerWire.write(requests, new CompilerWire.Request(Compiler.version(), wasm));
      CompilerWire.Answer answer = CompilerWire.readAnswer(answers, bounds.outputBytes());
      Artifact artifact = artifact(answer, wasm);
      whole = true;
      return artifact;
    } catch (ModuleRefused e) {
      whole = true;
      throw e;
    } catch (CompilerWire.TooLongException e) {
      throw refused("compile-output", "more than " + bounds.outputBytes() + " bytes of code");
    } catch (IOException e) {
      throw unanswered(e);
    } finally {
      done(whole);
    }
  }

  private static Artifact artifact(CompilerWire.Answer answer, byte[] wasm) {
    return switch (answer) {
      case CompilerWire.Answer.Code code -> Artifact.received(code.artifact(), wasm);
      case CompilerWire.Answer.Refused refused -> throw new ModuleRefused(refused.refusal());
      case CompilerWire.Answer.OtherVersion _ ->
          throw new CompilerFailedException(
              "the files of this process were replaced by another build: start it again");
    };
  }

  /** Why there was no answer. */
  private EndedException unanswered(IOException e) {
    process.destroyForcibly();
    int exit = exitCode();
    synchronized (this) {
      if (broken == Broken.CPU) {
        throw refused("compile-cpu", "more than " + bounds.cpu().toSeconds() + " s of CPU time");
      }
      if (broken == Broken.WALL) {
        throw refused("compile-time", "more than " + bounds.wall().toSeconds() + " s");
      }
    }
    if (exit == OUT_OF_MEMORY) {
      throw refused("compile-memory", "more than " + bounds.heapBytes() + " bytes of memory");
    }
    return new EndedException("the process that compiles ended with exit code " + exit, e);
  }

  private static ModuleRefused refused(String rule, String what) {
    return new ModuleRefused(
        new Refusal(
            rule,
            "Compiling the module takes " + what + ".",
            "Make it smaller (-Os, opt-level = \"s\"), or let the node take more: its settings"
                + " compiler-cpu and compiler-memory."));
  }

  private int exitCode() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private synchronized void done(boolean whole) {
    working = false;
    since = System.nanoTime();
    if (!whole) {
      ended = true;
      lost = true;
      process.destroyForcibly();
    } else if (begun >= bounds.modules()) {
      end();
    }
  }

  /** Ends it: at once when it works, else by closing its input. */
  synchronized void end() {
    if (working) {
      process.destroyForcibly();
    } else if (!ended) {
      try {
        requests.close();
      } catch (IOException e) {
        process.destroyForcibly();
      }
    }
    ended = true;
    since = System.nanoTime();
  }

  private void watch() {
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    long nanos = System.nanoTime() - since;
    if (working) {
      if (nanos > bounds.wall().toNanos()) {
        breaks(Broken.WALL);
      } else if (cpuNanos() - cpuBefore > bounds.cpu().toNanos()) {
        breaks(Broken.CPU);
      }
    } else if (ended) {
      if (nanos > END_NANOS) {
        process.destroyForcibly();
      }
    } else if (nanos > bounds.idle().toNanos()) {
      end();
    }
  }

  private void breaks(Broken bound) {
    if (broken == null) {
      broken = bound;
      LOG.log(Level.WARNING, "compiling a module broke a bound and was ended: {0}", bound);
    }
    process.destroyForcibly();
  }

  /** What it has used of the processors; 0 where the system does not say. */
  private long cpuNanos() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  private void readLog() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      int logged = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (logged++ < MAX_LOG_LINES) {
          LOG.log(Level.WARNING, "compiler: {0}", CompilerWire.shown(line));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the log of the compiler broke off", e);
    }
  }
}
