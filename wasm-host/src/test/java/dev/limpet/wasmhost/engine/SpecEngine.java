package dev.limpet.wasmhost.engine;

import java.lang.invoke.MethodHandle;
import java.util.function.Function;
import java.util.stream.IntStream;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.Machine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.ImportSection;
import run.endive.wasm.types.MemoryLimits;

/** Makes instances of any valid module, without the gate, with the memory and tables of guests. */
enum SpecEngine {
  /** What guests run on: the engine's compiler, the metering pass, generated classes. */
  COMPILED {
    @Override
    Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits) {
      return compiled(wasm, imports, limits, CodeForm.USUAL);
    }
  },
  /** The same, with nothing split. */
  WHOLE {
    @Override
    Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits) {
      return compiled(wasm, imports, limits, CodeForm.WHOLE);
    }
  },
  /** The same, with everything split that can be. */
  SPLIT {
    @Override
    Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits) {
      return compiled(wasm, imports, limits, CodeForm.PIECES);
    }
  },
  /** The same, with variables of each function in fields of the memory. */
  LASTING {
    @Override
    Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits) {
      return compiled(wasm, imports, limits, CodeForm.LASTING);
    }
  },
  /** The engine's interpreter. */
  INTERPRETED {
    @Override
    Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits) {
      WasmModule module = Parser.parse(WasmSections.withMemory(wasm));
      return build(module, 0, imports, limits, InterpreterMachine::new);
    }
  };

  /** 64 MiB of memory, fuel without end, a tenth of the depth that guests have. */
  static final GuestLimits LIMITS = new GuestLimits(64L << 20, Long.MAX_VALUE / 2, 1_000);

  /**
   * Makes an instance and runs its start function.
   *
   * @throws ModuleRefused or an exception of the engine when the module is invalid, its imports do
   *     not fit, or it traps
   */
  abstract Instance instantiate(byte[] wasm, ImportValues imports, GuestLimits limits);

  /** The same with {@link #LIMITS}. */
  Instance instantiate(byte[] wasm, ImportValues imports) {
    return instantiate(wasm, imports, LIMITS);
  }

  private static Instance compiled(
      byte[] wasm, ImportValues imports, GuestLimits limits, CodeForm form) {
    Artifact artifact = ModuleCompiler.compile(wasm, form.limits(), callees(Parser.parse(wasm)));
    WasmModule module = Parser.parse(artifact.module());
    MethodHandle constructor = LoadedModule.constructor(artifact.classes());
    return build(
        module,
        FirstGlobals.count(module),
        imports,
        limits,
        instance -> LoadedModule.newMachine(constructor, instance));
  }

  /** As for guests, unless functions of other instances may come into its tables. */
  private static Callees callees(WasmModule module) {
    ImportSection imports = module.importSection();
    ExportSection exports = module.exportSection();
    boolean linked =
        imports.count(ExternalType.TABLE) + imports.count(ExternalType.GLOBAL) > 0
            || IntStream.range(0, exports.exportCount())
                .mapToObj(exports::getExport)
                .anyMatch(export -> export.exportType() == ExternalType.TABLE);
    return linked ? Callees.OF_ANY : Callees.OWN;
  }

  private static Instance build(
      WasmModule module,
      int globals,
      ImportValues imports,
      GuestLimits guest,
      Function<Instance, Machine> machine) {
    DataImage data = DataImage.of(module.dataSection().dataSegments());
    return Instance.builder(module)
        .withImportValues(imports)
        .withMemoryFactory(limits -> memory(limits, data, guest, globals))
        .withTableFactory(GuestTable::create)
        .withMachineFactory(machine)
        .build();
  }

  private static GuestMemory memory(
      MemoryLimits limits, DataImage data, GuestLimits guest, int globals) {
    Budget.Lease lease = new Budget(8L << 30).lease();
    return new GuestMemory(
        new MemoryPlan(limits, data, null, limits.initialPages() << 16, null, true, globals),
        new GuestWorld(guest, lease, new StopSignal(), null));
  }
}
