package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmhost.engine.CompileCounts;
import java.io.IOException;
import java.time.Duration;

/** A process that has a module compiled, says the compiler's process id, and waits to be killed. */
final class CompilerParentMain {

  private CompilerParentMain() {}

  public static void main(String[] arguments) throws IOException {
    Duration ever = Duration.ofHours(1);
    CompilerBounds bounds = new CompilerBounds(1L << 30, ever, ever, 64 << 20, ever, 100);
    ChildCompiler compiler = new ChildCompiler(bounds, new CompileCounts());
    Thread busy = new Thread(() -> compiler.compile(BusyModules.hungry()));
    busy.setDaemon(true);
    busy.start();
    while (compiler.pid().isEmpty()) {
      Thread.onSpinWait();
    }
    System.out.println(compiler.pid().getAsLong());
    int _ = System.in.read();
  }
}
