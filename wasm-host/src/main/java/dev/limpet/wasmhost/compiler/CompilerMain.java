package dev.limpet.wasmhost.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.ModuleRefused;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that compiles. It reads requests from its standard input, writes answers to its
 * standard output, and ends when the input does: at once, whatever it is doing, since then nobody
 * waits for it any more.
 */
public final class CompilerMain {

  /** The engine recurses. */
  private static final long STACK_BYTES = 16L << 20;

  private static final int BUG = 70;

  private static final System.Logger LOG = System.getLogger(CompilerMain.class.getName());

  private final DataOutputStream answers;
  private final AtomicInteger open = new AtomicInteger();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("limpet-compile").daemon().stackSize(STACK_BYTES).factory());

  private CompilerMain(DataOutputStream answers) {
    this.answers = answers;
  }

  /** Serves the process that started this one. */
  public static void main(String[] arguments) throws IOException {
    // Whatever a library prints must not get between the answers.
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8));
    CompilerMain main = new CompilerMain(new DataOutputStream(new BufferedOutputStream(out)));
    try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
      main.serve(new DataInputStream(new BufferedInputStream(in)));
    }
  }

  private void serve(DataInputStream requests) throws IOException {
    while (true) {
      CompilerWire.Request request = CompilerWire.readRequest(requests);
      if (request == null) {
        break;
      }
      open.incrementAndGet();
      worker.execute(() -> answer(request));
    }
    if (open.get() > 0) {
      Runtime.getRuntime().halt(0);
    }
  }

  private void answer(CompilerWire.Request request) {
    try {
      CompilerWire.write(answers, answerTo(request));
      open.decrementAndGet();
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(Level.ERROR, "compiling failed", e);
      Runtime.getRuntime().halt(BUG);
    }
  }

  private static CompilerWire.Answer answerTo(CompilerWire.Request request) {
    if (!request.version().equals(Compiler.version())) {
      return new CompilerWire.Answer.OtherVersion();
    }
    try (Compiler compiler = Compiler.inThisProcess()) {
      return new CompilerWire.Answer.Code(compiler.compile(request.wasm()).encode());
    } catch (ModuleRefused e) {
      return new CompilerWire.Answer.Refused(e.refusal());
    }
  }
}
