package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Compiles in another process. There is none until there is something to compile; it stays for a
 * while, for what comes next. When it ends by itself the module is tried once more, in a new one.
 */
public final class ChildCompiler implements Compiler {

  private static final System.Logger LOG = System.getLogger(ChildCompiler.class.getName());

  private final CompilerBounds bounds;
  private @Nullable CompilerChild child;
  private boolean closed;

  /** One whose processes are bounded so. */
  public ChildCompiler(CompilerBounds bounds) {
    this.bounds = bounds;
  }

  @Override
  public Artifact compile(byte[] wasm) {
    try {
      return begin().compile(wasm);
    } catch (CompilerChild.EndedException e) {
      LOG.log(Level.WARNING, "{0}; the module is tried once more", e.getMessage());
    }
    try {
      return begin().compile(wasm);
    } catch (CompilerChild.EndedException e) {
      throw new CompilerFailedException(
          String.valueOf(e.getMessage()) + ", and so did the one before", e);
    }
  }

  private synchronized CompilerChild begin() {
    if (closed) {
      throw new CompilerFailedException("the compiler is being closed");
    }
    CompilerChild running = child;
    if (running != null && running.begin()) {
      return running;
    }
    CompilerChild fresh = CompilerChild.start(bounds);
    child = fresh;
    if (!fresh.begin()) {
      throw new CompilerFailedException("the process to compile in ended at once");
    }
    return fresh;
  }

  /** The process that there is, at work or waiting for some. */
  synchronized OptionalLong pid() {
    CompilerChild running = child;
    return running == null ? OptionalLong.empty() : OptionalLong.of(running.pid());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (child != null) {
      child.end();
    }
  }
}
