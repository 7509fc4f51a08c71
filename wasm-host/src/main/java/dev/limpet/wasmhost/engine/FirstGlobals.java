package dev.limpet.wasmhost.engine;

import java.util.stream.IntStream;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.ExternalType;

/**
 * The first globals of one instance, kept in the memory object because every compiled function has
 * that at hand: what the engine keeps them in is four objects away. The first is the stack pointer
 * of C and Rust, and the first eight are all that Go has for its registers; they are moved at each
 * call.
 *
 * <p>A global that others may write or see written stays with the engine, and all behind it: see
 * {@link #count}.
 *
 * <p>Invariant. From {@link #takeGlobals} on the engine's own objects of the globals kept here are
 * not looked at by anybody: whoever wants the value of a global asks {@link #global}.
 */
public abstract sealed class FirstGlobals extends UnsharedMemory permits Meter {

  /** At most so many; {@link PlainGlobals} knows their names. */
  static final int COUNT = 8;

  /** Followed by the number. */
  static final String FIELD = "global";

  /** For compiled code alone, like the others. */
  public long global0;

  /** For compiled code alone, like the others. */
  public long global1;

  /** For compiled code alone, like the others. */
  public long global2;

  /** For compiled code alone, like the others. */
  public long global3;

  /** For compiled code alone, like the others. */
  public long global4;

  /** For compiled code alone, like the others. */
  public long global5;

  /** For compiled code alone, like the others. */
  public long global6;

  /** For compiled code alone, like the others. */
  public long global7;

  private final int kept;

  /** For an instance of which so many are kept here. */
  FirstGlobals(int kept) {
    this.kept = kept;
  }

  /**
   * How many globals of a module's instances are kept here: the first ones, up to one that is
   * exported and can change. None of a module that imports globals, which are another's, or its
   * memory, which has room for those of one instance; the gate refuses both in a guest.
   */
  static int count(WasmModule module) {
    if (module.importSection().count(ExternalType.GLOBAL) > 0
        || module.importSection().count(ExternalType.MEMORY) > 0) {
      return 0;
    }
    ExportSection exports = module.exportSection();
    int firstShared =
        IntStream.range(0, exports.exportCount())
            .mapToObj(exports::getExport)
            .filter(export -> export.exportType() == ExternalType.GLOBAL)
            .mapToInt(Export::index)
            .filter(index -> InstanceImage.isMutable(module.globalSection().getGlobal(index)))
            .min()
            .orElse(COUNT);
    return Math.min(Math.min(COUNT, firstShared), module.globalSection().globalCount());
  }

  /** Takes them over from an instance whose globals have their first values. */
  final void takeGlobals(Instance instance) {
    for (int i = 0; i < kept; i++) {
      take(i, instance.global(i).getValue());
    }
  }

  /** The bits of a global of the instance whose memory this is. */
  final long global(Instance instance, int index) {
    if (index >= kept) {
      return instance.global(index).getValue();
    }
    return switch (index) {
      case 0 -> global0;
      case 1 -> global1;
      case 2 -> global2;
      case 3 -> global3;
      case 4 -> global4;
      case 5 -> global5;
      case 6 -> global6;
      case 7 -> global7;
      default -> throw unkept(index);
    };
  }

  /** Sets a global of the instance whose memory this is. */
  final void setGlobal(Instance instance, int index, long bits) {
    if (index < kept) {
      take(index, bits);
    } else {
      instance.global(index).setValue(bits);
    }
  }

  private void take(int index, long bits) {
    switch (index) {
      case 0 -> global0 = bits;
      case 1 -> global1 = bits;
      case 2 -> global2 = bits;
      case 3 -> global3 = bits;
      case 4 -> global4 = bits;
      case 5 -> global5 = bits;
      case 6 -> global6 = bits;
      case 7 -> global7 = bits;
      default -> throw unkept(index);
    }
  }

  private static IllegalArgumentException unkept(int index) {
    return new IllegalArgumentException("no field for global " + index);
  }
}
