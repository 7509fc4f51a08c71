package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/**
 * Runs a module in compiled code with meters and in the engine's interpreter, which share neither
 * compiler nor passes, and compares what they make of it: results, memory, globals, and whether it
 * traps. Imports answer {@code ENOSYS}.
 *
 * <p>The interpreter has no meters, so it runs only what compiled code has brought to an end within
 * few ticks. The interpreter leaves bits of NaNs as they come, so floats count as equal when both
 * are NaN, and modules that look at such bits are run and not compared.
 */
final class TwoEngines {

  /** Ticks, which the interpreter does in some milliseconds. */
  private static final GuestLimits LITTLE = new GuestLimits(4 << 20, 20_000, 100);

  private static final int MAX_CALLED = 4;

  private static final long NO_SYSTEM_CALL = 52;

  /** Opcodes that let bits of a NaN into memory or numbers: stores, copysign, reinterpret. */
  private static final List<Integer> SEE_BITS = List.of(0x38, 0x39, 0x98, 0xa6, 0xbc, 0xbd);

  /** What came of a run. */
  private record End(String how, List<Long> values, byte[] memory) {}

  private TwoEngines() {}

  /**
   * Runs and compares.
   *
   * @param wasm admitted by the gate
   * @return whether both ran to an end, and were compared
   * @throws ModuleRefused when the engine does not take it
   */
  static boolean agree(byte[] wasm) {
    WasmModule module = Parser.parse(WasmSections.withMemory(wasm));
    End compiled = end(SpecEngine.COMPILED, wasm, module);
    if (compiled.how().equals("stopped")) {
      return false;
    }
    End interpreted = end(SpecEngine.INTERPRETED, wasm, module);
    if (seesBits(wasm)) {
      return false;
    }
    assertEquals(interpreted.how(), compiled.how());
    assertEquals(interpreted.values(), compiled.values());
    assertArrayEquals(interpreted.memory(), compiled.memory());
    return true;
  }

  private static boolean seesBits(byte[] wasm) {
    for (byte b : wasm) {
      if (SEE_BITS.contains(b & 0xff)) {
        return true;
      }
    }
    return false;
  }

  private static End end(SpecEngine engine, byte[] wasm, WasmModule module) {
    List<Long> values = new ArrayList<>();
    Instance instance;
    try {
      instance = engine.instantiate(wasm, imports(module), LITTLE);
    } catch (WasmEngineException | IndexOutOfBoundsException | GuestTrap e) {
      return new End("traps in start", values, new byte[0]);
    } catch (GuestStopped | StackOverflowError e) {
      return new End("stopped", values, new byte[0]);
    }
    String how = called(instance, module, values);
    for (int index : InstanceImage.mutableGlobals(module)) {
      ValType type = instance.global(index).getType();
      values.add(number(type, ((GuestMemory) instance.memory()).global(instance, index)));
    }
    GuestMemory memory = (GuestMemory) instance.memory();
    return new End(how, values, memory.readBytes(0, memory.size()));
  }

  private static String called(Instance instance, WasmModule module, List<Long> values) {
    try {
      int calls = 0;
      for (int i = 0; i < module.exportSection().exportCount() && calls < MAX_CALLED; i++) {
        Export export = module.exportSection().getExport(i);
        FunctionType type =
            export.exportType() == ExternalType.FUNCTION
                ? instance.exportType(export.name())
                : null;
        if (type != null && type.params().stream().allMatch(TwoEngines::isNumber)) {
          calls++;
          call(instance, export.name(), type, values);
        }
      }
      return "returns";
    } catch (WasmEngineException | IndexOutOfBoundsException | GuestTrap e) {
      return "traps";
    } catch (GuestStopped | StackOverflowError e) {
      return "stopped";
    }
  }

  private static void call(Instance instance, String export, FunctionType type, List<Long> values) {
    long[] arguments = new long[type.params().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i + 3L;
    }
    long[] results = instance.export(export).apply(arguments);
    for (int i = 0; results != null && i < results.length; i++) {
      values.add(number(type.returns().get(i), results[i]));
    }
  }

  private static boolean isNumber(ValType type) {
    return type.isNumeric();
  }

  /** The bits, but one NaN for all of them. */
  private static long number(ValType type, long bits) {
    if (type.equals(ValType.F32)) {
      return Float.floatToIntBits(Float.intBitsToFloat((int) bits));
    }
    if (type.equals(ValType.F64)) {
      return Double.doubleToLongBits(Double.longBitsToDouble(bits));
    }
    return type.equals(ValType.I32) ? (int) bits : bits;
  }

  private static ImportValues imports(WasmModule module) {
    List<ImportFunction> functions = new ArrayList<>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      if (module.importSection().getImport(i) instanceof FunctionImport wanted) {
        FunctionType type = module.typeSection().getType(wanted.typeIndex());
        long[] answer = new long[type.returns().size()];
        java.util.Arrays.fill(answer, NO_SYSTEM_CALL);
        functions.add(
            new ImportFunction(
                wanted.module(), wanted.name(), type, (instance, arguments) -> answer.clone()));
      }
    }
    return ImportValues.builder().withFunctions(functions).build();
  }
}
