package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.split.Splitter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.MethodTooLargeException;
import run.endive.compiler.Cache;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/**
 * Makes Java classes of a module that the gate has admitted. Takes memory of some thirty times the
 * module and cannot be interrupted: never run two at once, nor one that the gate has not seen.
 */
final class ModuleCompiler {

  private static final System.Logger LOG = System.getLogger(ModuleCompiler.class.getName());

  /** Choices of how code is made; they are the same for all modules. */
  static final String OPTIONS = "fuel,depth";

  /**
   * All that decides what code is, besides the module: engine, pass, splitter, options, and the
   * shape of what is made. Part of the key of cached code, and of what a builder signs.
   */
  static final String VERSION =
      "endive-1.0.0/pass-"
          + MeteringPass.VERSION
          + "/"
          + SplitLimits.USUAL.key()
          + "/"
          + OPTIONS
          + "/artifact-3";

  /** Binary name of the class that is the engine's machine. */
  static final String MAIN_CLASS = "dev.limpet.guest.Code";

  /** What all generated classes begin with, as internal name. */
  static final String CLASS_PREFIX = MAIN_CLASS.replace('.', '/');

  private static final String HELPER_CLASS = MAIN_CLASS + "Shaded";
  private static final String CLASS_SUFFIX = ".class";

  private static final ReentrantLock ALONE = new ReentrantLock();

  private ModuleCompiler() {}

  /** The same, when no other thread does. */
  static Artifact compileAlone(byte[] wasm) {
    ALONE.lock();
    try {
      return compile(wasm);
    } finally {
      ALONE.unlock();
    }
  }

  /**
   * Compiles.
   *
   * @throws ModuleRefused when a function is too large for a Java method, or the engine finds
   *     something that the gate did not
   */
  static Artifact compile(byte[] wasm) {
    return compile(wasm, SplitLimits.USUAL);
  }

  /** The same, with functions split from another size on. */
  static Artifact compile(byte[] wasm, SplitLimits limits) {
    return compile(wasm, limits, Callees.OWN);
  }

  /** The same, for instances that may be linked with others; no guest is. */
  static Artifact compile(byte[] wasm, SplitLimits limits, Callees callees) {
    try {
      byte[] withMemory = WasmSections.withMemory(wasm);
      WasmModule module = Parser.parse(withMemory);
      Map<String, byte[]> classes = unpack(compileToJar(module));
      Splitter splitter = PartExits.splitter(limits);
      int globals = FirstGlobals.count(module);
      List<Artifact.Functions> functions = new ArrayList<>();
      classes.replaceAll(
          (name, bytes) -> {
            MeteringPass.Rewritten rewritten =
                MeteringPass.apply(bytes, splitter, globals, callees);
            functions.add(rewritten.functions());
            return rewritten.classFile();
          });
      HelperPruning.apply(classes, HELPER_CLASS);
      classes.forEach(ClassScan::check);
      return new Artifact(WasmSections.stripped(withMemory), classes, all(functions));
    } catch (MethodTooLargeException e) {
      throw tooLarge(e);
    } catch (WasmEngineException e) {
      if (e.getCause() instanceof MethodTooLargeException cause) {
        throw tooLarge(cause);
      }
      throw refusedByEngine(e);
    } catch (RuntimeException | StackOverflowError e) {
      // Invalid modules find many ways through the engine's compiler: none of them may be a fault.
      LOG.log(Level.WARNING, "the engine fails to compile a module", e);
      throw refusedByEngine(e);
    }
  }

  private static Artifact.Functions all(List<Artifact.Functions> classes) {
    return new Artifact.Functions(
        classes.stream().anyMatch(Artifact.Functions::split),
        classes.stream().flatMap(one -> one.large().stream()).toList());
  }

  private static ModuleRefused refusedByEngine(Throwable e) {
    return new ModuleRefused(
        "engine",
        "The engine refuses the module: "
            + printable(e.getMessage() == null ? e.toString() : e.getMessage())
            + ".",
        "Check the module with another tool, such as wasm-validate; if it is valid, report it.");
  }

  /** The engine gives its classes away only through its cache, as a JAR. */
  private static byte[] compileToJar(WasmModule module) {
    EnginePatch.apply();
    byte[][] jar = new byte[1][];
    Cache keepJar =
        new Cache() {
          @Override
          public byte @Nullable [] get(String key) {
            return null;
          }

          @Override
          public void putIfAbsent(String key, byte[] data) {
            jar[0] = data;
          }
        };
    MachineFactoryCompiler.builder(module)
        .withClassName(MAIN_CLASS)
        .withInterpreterFallback(InterpreterFallback.FAIL)
        .withCache(keepJar)
        .compile();
    if (jar[0] == null) {
      throw new IllegalStateException("the engine compiled a module and kept its classes");
    }
    return jar[0];
  }

  private static Map<String, byte[]> unpack(byte[] jar) {
    Map<String, byte[]> classes = new TreeMap<>();
    try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar))) {
      for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
        String name = entry.getName();
        if (name.endsWith(CLASS_SUFFIX)) {
          String path = name.substring(0, name.length() - CLASS_SUFFIX.length());
          classes.put(path.replace('/', '.'), in.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading from an array", e);
    }
    return classes;
  }

  private static ModuleRefused tooLarge(MethodTooLargeException e) {
    String function = e.getMethodName().replace("func_", "");
    return new ModuleRefused(
        "function-too-large",
        "Function "
            + printable(function)
            + " becomes a Java method of "
            + e.getCodeSize()
            + " bytes, at most 65535 are possible.",
        "Split the function, or build for size (-Os, opt-level = \"s\") and without inlining.");
  }

  private static String printable(@Nullable String text) {
    String all = String.valueOf(text);
    String some = all.length() > 300 ? all.substring(0, 300) : all;
    return some.replaceAll("[^\\x20-\\x7E]", "?");
  }
}
