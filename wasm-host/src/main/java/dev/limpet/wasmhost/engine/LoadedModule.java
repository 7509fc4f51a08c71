package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.Refusal;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.ValType;

/**
 * A module whose classes are loaded. Immutable, shared by all its instances; the import table is
 * built once, because its functions find what belongs to an Execution in the guest's memory object.
 */
public final class LoadedModule {

  /** What a guest may get above its start on the guess that it will grow: as much as is kept. */
  private static final int LIKELY_BYTES = KeptArrays.MAX_KEPT_ARRAY_BYTES;

  private static final long[] NOTHING = {};

  /** An export that is called once, before an image is taken of what it has made. */
  public static final String INIT = "limpet_init";

  /** In the form of {@link WasmSections#importsDefined}. */
  private final WasmModule module;

  /** The same without its start function, for instances that begin as an image. */
  private final WasmModule withoutStart;

  private final MethodHandle machine;
  private final ImportValues imports;
  private final MemoryLimits memoryLimits;
  private final DataImage data;
  private final int[] mutableGlobals;
  private final int firstGlobals;
  private final Set<String> functions;
  private final boolean imageable;
  private final long retainedBytes;

  /** Whether the cache has let go of it. Guarded by the {@link InstancePool}. */
  boolean retired;

  /**
   * What the last guest had at its end. Written by any thread: a guess that is wrong costs little.
   */
  private volatile int lastBytes;

  private final Shortness shortness = new Shortness();
  private final int callersDepth;
  private final List<Refusal> slow;
  private final List<String> hints;
  private final boolean split;

  private LoadedModule(Artifact artifact, MethodHandle machine, ImportValues imports) {
    byte[] form = WasmSections.importsDefined(artifact.module());
    this.module = Parser.parse(form);
    this.withoutStart =
        module.startSection().isEmpty() ? module : Parser.parse(WasmSections.withoutStart(form));
    this.machine = machine;
    this.imports = imports;
    this.memoryLimits = module.memorySection().orElseThrow().getMemory(0).limits();
    this.data = DataImage.of(module.dataSection().dataSegments());
    this.mutableGlobals = InstanceImage.mutableGlobals(module);
    this.firstGlobals = FirstGlobals.count(module);
    this.functions = exportedFunctions(module);
    this.imageable = InstanceImage.isPossible(module);
    this.retainedBytes = retained(artifact);
    this.callersDepth = CallersStack.depth(artifact.classes().values());
    this.split = artifact.isSplit();
    this.slow =
        artifact.large().stream().filter(LargeFunction::loop).map(LargeFunction::refusal).toList();
    this.hints =
        artifact.large().stream().filter(one -> !one.loop()).map(LargeFunction::hint).toList();
  }

  /** What speaks against running it, function by function. */
  public List<Refusal> slow() {
    return slow;
  }

  /** What whoever built it may want to know: functions that are too large and have no loop. */
  public List<String> hints() {
    return hints;
  }

  /** How deep its calls may be inside each other on a thread that is not made for guests. */
  public int callersDepth() {
    return callersDepth;
  }

  /** What is known of how long its calls take. */
  public Shortness shortness() {
    return shortness;
  }

  private static Set<String> exportedFunctions(WasmModule module) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      Export export = module.exportSection().getExport(i);
      if (export.exportType() == ExternalType.FUNCTION) {
        names.add(export.name());
      }
    }
    return names;
  }

  /**
   * Loads the classes and binds the imports.
   *
   * @throws ModuleRefused when an import is not offered with that type, or the JVM refuses a class
   */
  static LoadedModule load(Artifact artifact, HostFunctions host) {
    WasmModule importing = Parser.parse(WasmSections.importsAlone(artifact.module()));
    ImportValues imports = bind(importing, host);
    return new LoadedModule(artifact, constructor(artifact.classes()), imports);
  }

  /** Heap and metaspace: measured as some three times the class files, see the README. */
  private static long retained(Artifact artifact) {
    return 3 * artifact.classBytes() + 4L * artifact.module().length + 65_536;
  }

  /** Loads the classes of one module; the handle makes the machine of an instance. */
  static MethodHandle constructor(Map<String, byte[]> classes) {
    try {
      Class<?> main = new GuestClassLoader().loadAll(classes, ModuleCompiler.MAIN_CLASS);
      return MethodHandles.publicLookup()
          .findConstructor(main, MethodType.methodType(void.class, Instance.class))
          .asType(MethodType.methodType(Machine.class, Instance.class));
    } catch (LinkageError | ReflectiveOperationException e) {
      if (e.getCause() instanceof VirtualMachineError error) {
        throw error; // it is the JVM that lacks something, not the code
      }
      throw new ModuleRefused(
          "engine",
          "The JVM refuses the code that the engine made of the module: " + e.getMessage(),
          "Report the module; building it with another optimisation level may help.");
    }
  }

  private static ImportValues bind(WasmModule module, HostFunctions host) {
    List<ImportFunction> functions = new ArrayList<>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      Import wanted = module.importSection().getImport(i);
      HostFunction offered =
          wanted instanceof FunctionImport ? host.find(wanted.module(), wanted.name()) : null;
      if (offered == null) {
        throw refusedImport(wanted, "is not offered");
      }
      FunctionType type = module.typeSection().getType(((FunctionImport) wanted).typeIndex());
      if (!letters(type.params()).equals(offered.parameters())
          || !letters(type.returns()).equals(offered.results())) {
        throw refusedImport(wanted, "has another type there than here");
      }
      functions.add(new ImportFunction(wanted.module(), wanted.name(), type, handle(offered)));
    }
    return ImportValues.builder().withFunctions(functions).build();
  }

  private static ModuleRefused refusedImport(Import wanted, String what) {
    return new ModuleRefused(
        "import",
        "The import " + wanted.module() + "." + wanted.name() + " " + what + ".",
        "Build for WASI preview 1 (wasm32-wasi, wasm32-wasip1, GOOS=wasip1).");
  }

  static String letters(List<ValType> types) {
    StringBuilder letters = new StringBuilder();
    for (ValType type : types) {
      letters.append(type.equals(ValType.I32) ? 'i' : type.equals(ValType.I64) ? 'I' : '?');
    }
    return letters.toString();
  }

  private static WasmFunctionHandle handle(HostFunction function) {
    HostFunction.Body body = function.body();
    boolean hasResult = !function.results().isEmpty();
    return (instance, arguments) -> {
      GuestMemory memory = (GuestMemory) instance.memory();
      StackProbe.require(memory.depth());
      memory.chargeHostCall();
      long result = call(body, memory, arguments);
      return hasResult ? new long[] {result} : NOTHING;
    };
  }

  /** What a guest's code may throw as a trap would be a fault in a host function. */
  private static long call(HostFunction.Body body, GuestMemory memory, long[] arguments) {
    try {
      return body.call(memory, arguments);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalStateException("a host function failed", e);
    }
  }

  /** Bytes of memory that an instance starts with. */
  public long initialMemoryBytes() {
    return (long) memoryLimits.initialPages() * GuestMemory.PAGE_SIZE;
  }

  /** Whether there are images of its instances, see {@link InstanceImage}. */
  boolean isImageable() {
    return imageable;
  }

  /** Whether an instance that has served a call can be made again what it was. */
  boolean isRestorable() {
    return imageable && imports.functionCount() == 0;
  }

  /**
   * Whether an instance computes before its first call, so that an image of one saves others that.
   */
  public boolean initialises() {
    return module.startSection().isPresent() || hasFunction(INIT);
  }

  /** An estimate of the heap that an instance holds besides its memory. */
  long instanceBytes() {
    return 4096
        + 12L * module.functionSection().functionCount()
        + 64L * module.globalSection().globalCount()
        + 16L * tableEntries()
        + 8L * module.elementSection().elementCount();
  }

  /** Entries that the table of an instance starts with. */
  int tableEntries() {
    return module.tableSection().tableCount() == 0
        ? 0
        : (int) module.tableSection().getTable(0).limits().min();
  }

  int[] mutableGlobals() {
    return mutableGlobals;
  }

  boolean hasFunction(String export) {
    return functions.contains(export);
  }

  /** An estimate of the heap and metaspace that this holds. */
  public long retainedBytes() {
    return retainedBytes;
  }

  /**
   * Memory for one instance.
   *
   * @param world whose lease has {@link #initialMemoryBytes()} reserved
   * @throws GuestStopped when the heap has no room for it
   */
  public GuestMemory memory(GuestWorld world) {
    return memory(world, null);
  }

  /** The same for an instance that begins as an image. */
  GuestMemory memory(GuestWorld world, @Nullable MemoryImage image) {
    try {
      int length = firstArray(world, image == null ? 0 : image.limit());
      MemoryPlan plan =
          new MemoryPlan(memoryLimits, data, image, length, imports, split, firstGlobals);
      return new GuestMemory(plan, world);
    } catch (OutOfMemoryError e) {
      throw new GuestStopped(new StopReason.NoNodeMemory()); // the heap is full of other things
    }
  }

  /** The length of the first array, paid: of a usual length, with room for what is likely. */
  private int firstArray(GuestWorld world, int ofImage) {
    int initial = (int) initialMemoryBytes();
    int least = Math.max(initial, ofImage);
    if (least > initial && !world.lease().tryReserve(least - initial)) {
      throw new GuestStopped(new StopReason.NoNodeMemory());
    }
    int likely = KeptArrays.sizeClass(Math.max(least, Math.min(lastBytes, LIKELY_BYTES)));
    int roomy = (int) Math.min(likely, world.limits().memoryBytes());
    return roomy > least && world.lease().tryReserveSpare(roomy - least) ? roomy : least;
  }

  /** Remembers how much a guest needed, so that the next one need not copy its memory to grow. */
  public void ended(GuestMemory memory) {
    lastBytes = memory.size();
  }

  /** As above, when no other call will have this instance. */
  public void endedForGood(GuestMemory memory) {
    ended(memory);
    memory.leaveArray();
  }

  /**
   * Makes an instance; a start function of the module runs here.
   *
   * @param memory of {@link #memory}, for this instance alone
   * @throws GuestTrap when initialising breaks a rule of wasm
   */
  public GuestInstance instantiate(GuestMemory memory) {
    return new GuestInstance(this, make(module, memory), memory);
  }

  /**
   * Makes an instance as it was when it had been initialised; nothing of the module runs here.
   *
   * @param memory for this instance alone, made for that image
   */
  GuestInstance restored(GuestMemory memory, InstanceImage image) {
    Instance instance = make(withoutStart, memory);
    if (!image.restoreAllButMemory(instance, memory)) {
      throw new IllegalStateException("an instance is not like the others of its module");
    }
    return new GuestInstance(this, instance, memory);
  }

  private Instance make(WasmModule form, GuestMemory memory) {
    try {
      return Instance.builder(form)
          .withMemoryFactory(limits -> memory)
          .withTableFactory(GuestTable::create)
          .withMachineFactory(made -> newMachine(machine, made))
          .withStart(false)
          .build();
    } catch (WasmEngineException | IndexOutOfBoundsException | StackOverflowError e) {
      throw GuestInstance.ended(e);
    }
  }

  static Machine newMachine(MethodHandle constructor, Instance instance) {
    try {
      return (Machine) constructor.invokeExact(instance);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a constructor without checked exceptions threw one", e);
    }
  }
}
