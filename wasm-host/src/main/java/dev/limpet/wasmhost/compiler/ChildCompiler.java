package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Compiles in another process. There is none until there is something to compile; it stays for a
 * while, for what comes next. Where it is long busy with one module a second one takes the others.
 * When a process ends by itself the module is tried once more, in a new one.
 */
public final class ChildCompiler implements Compiler {

  /** Processes at a time: one slow module holds up nobody, and two cost no more than this. */
  static final int MAX_PROCESSES = 2;

  /** Most modules take less, so most of the time one process is enough. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final System.Logger LOG = System.getLogger(ChildCompiler.class.getName());

  private final CompilerBounds bounds;
  private final CompileCounts counts;
  private final List<CompilerChild> children = new ArrayList<>();
  private OptionalLong lastPid = OptionalLong.empty();
  private boolean closed;

  /** One whose processes are bounded so, and counted. */
  public ChildCompiler(CompilerBounds bounds, CompileCounts counts) {
    this.bounds = bounds;
    this.counts = counts;
  }

  @Override
  public Artifact compile(byte[] wasm) {
    try {
      return compileOnce(wasm);
    } catch (CompilerChild.EndedException e) {
      LOG.log(Level.WARNING, "{0}; the module is tried once more", e.getMessage());
    }
    try {
      return compileOnce(wasm);
    } catch (CompilerChild.EndedException e) {
      throw new CompilerFailedException(
          String.valueOf(e.getMessage()) + ", and so did the one before", e);
    }
  }

  private Artifact compileOnce(byte[] wasm) throws CompilerChild.EndedException {
    CompilerChild child = null;
    try {
      child = begin();
      return child.compile(wasm);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompilerFailedException("interrupted while others compiled", e);
    } finally {
      if (child != null && child.isLost()) {
        counts.count(CompileCounts.Event.PROCESS_LOST);
      }
      freed();
    }
  }

  private synchronized void freed() {
    notifyAll();
  }

  /** A process that waits for this module: one that is there, or a new one. */
  private synchronized CompilerChild begin() throws InterruptedException {
    long start = System.nanoTime();
    while (!closed) {
      children.removeIf(CompilerChild::isSpent);
      for (CompilerChild child : children) {
        if (child.begin()) {
          return child;
        }
      }
      long patience = children.isEmpty() ? 0 : PATIENCE_NANOS - (System.nanoTime() - start);
      if (patience <= 0 && children.size() < MAX_PROCESSES) {
        return started();
      }
      wait(patience > 0 ? TimeUnit.NANOSECONDS.toMillis(patience) + 1 : 0);
    }
    throw new CompilerFailedException("the compiler is being closed");
  }

  private CompilerChild started() {
    CompilerChild child = CompilerChild.start(bounds);
    counts.count(CompileCounts.Event.PROCESS_STARTED);
    children.add(child);
    lastPid = OptionalLong.of(child.pid());
    return child;
  }

  /** The process that was started last. */
  synchronized OptionalLong pid() {
    return lastPid;
  }

  @Override
  public synchronized void close() {
    closed = true;
    children.forEach(CompilerChild::end);
    notifyAll();
  }
}
