package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.TestSandbox;
import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.split.Splitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/** Ways in which the functions of a module may be split, between which nobody can tell. */
public enum CodeForm {
  /** Whole, but for what no method of Java can hold, see {@link LargeMethodWriter}. */
  WHOLE,
  /** What guests run on. */
  USUAL,
  /** Everything that can be, into pieces of 100 bytes. */
  PIECES,
  /** The same, with variables of each function in fields of the memory. */
  LASTING;

  /**
   * For a module so large that one class cannot name all pieces of 100 bytes, and nothing is split;
   * the second for what a compiler of Go makes.
   */
  private static final List<SplitLimits> COARSER =
      List.of(new SplitLimits(2_000, 1_000), new SplitLimits(4_000, 2_000));

  /** Parts that such a module has of what is split before it is written. */
  private static final int FEW = 1_000;

  private static final long DISK_BYTES = 256L << 20;

  /** What is split, and into what. */
  SplitLimits limits() {
    return switch (this) {
      case WHOLE -> SplitLimits.NONE;
      case USUAL -> SplitLimits.USUAL;
      case PIECES -> new SplitLimits(100, 100);
      case LASTING -> new SplitLimits(100, 100, 1, 1);
    };
  }

  private List<SplitLimits> coarser() {
    return switch (this) {
      case WHOLE, USUAL -> List.of();
      case PIECES, LASTING -> COARSER;
    };
  }

  /**
   * Compiles a module, and puts the code where a sandbox looks for it before it compiles.
   *
   * @param code the folder of {@link TestSandbox#cache}
   * @return how many parts there are
   */
  public int store(Path code, byte[] wasm) throws IOException {
    Artifact artifact = ModuleCompiler.compile(wasm, limits());
    for (SplitLimits coarser : coarser()) {
      if (parts(artifact) < FEW) {
        Artifact other = ModuleCompiler.compile(wasm, coarser);
        artifact = parts(other) > parts(artifact) ? other : artifact;
      }
    }
    CodeStore.open(code, TestSandbox.key(), DISK_BYTES)
        .store(ModuleCache.key(ModuleCache.sha256(wasm)), artifact.encode());
    return parts(artifact);
  }

  private static int parts(Artifact artifact) {
    int parts = 0;
    for (byte[] each : artifact.classes().values()) {
      ClassNode node = new ClassNode();
      new ClassReader(each).accept(node, ClassReader.SKIP_CODE);
      for (MethodNode method : node.methods) {
        parts += method.name.contains(Splitter.MARK) ? 1 : 0;
      }
    }
    return parts;
  }
}
