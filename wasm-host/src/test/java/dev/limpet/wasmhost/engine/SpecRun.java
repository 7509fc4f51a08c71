package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.MemoryHash;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Store;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.ImportSection;

/**
 * Runs scripts of the specification's test suite, in the form in which {@code wast2json} writes
 * them, and counts. A command counts once: as passed, as failed, or as not run with a reason: what
 * the gate refuses by name is not asked of the engine.
 */
final class SpecRun {

  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());
  private static final Jsonb JSON = Jsonb.builder().build();

  /** The interpreter has the JVM add and round, whose compilers and own interpreter disagree. */
  private static final String WHICH_NAN = "nan:arithmetic, which is another one in each tier";

  private static final String NOT_MADE = "a module before it was not made";

  private final SpecEngine engine;
  private final byte[] host;
  private final SortedMap<String, Integer> notRun = new TreeMap<>();
  private final SortedMap<String, Integer> differences = new TreeMap<>();
  private int passed;
  private long fuel;

  /** Of how each call ended, and the memory that it left. */
  private final CRC32 ends = new CRC32();

  private Path folder = Path.of("");
  private String script = "";
  private Store store = new Store();
  private Map<String, Instance> named = new HashMap<>();
  private Set<String> absent = new HashSet<>();
  private @Nullable Instance current;
  private @Nullable String missing;

  /** A command that cannot be asked of this engine. */
  private static final class NotRun extends RuntimeException {
    NotRun(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * A run on that engine.
   *
   * @param host the module that scripts import as {@code spectest}
   */
  SpecRun(SpecEngine engine, byte[] host) {
    this.engine = engine;
    this.host = host;
  }

  /**
   * What came of all commands, a line for each kind of answer, in one order. Of compiled code also
   * the fuel of all calls together, and a hash of how each ended and of the memory that it left.
   */
  String summary() {
    StringBuilder text = new StringBuilder(passed + " passed\n");
    if (engine != SpecEngine.INTERPRETED) {
      text.append(fuel + " fuel\n");
      text.append(String.format("%08x ends and memories%n", ends.getValue()));
    }
    notRun.forEach((why, count) -> text.append(count + " not run: " + why + "\n"));
    differences.forEach((what, count) -> text.append(count + " differ: " + what + "\n"));
    return text.toString();
  }

  /** Runs one script with a store of its own. */
  void script(Path json) throws IOException {
    folder = Objects.requireNonNull(json.getParent());
    script = String.valueOf(json.getFileName()).replace(".json", "");
    store = new Store();
    named = new HashMap<>();
    absent = new HashSet<>();
    current = null;
    store.register("spectest", SpecEngine.INTERPRETED.instantiate(host, none()));
    Map<?, ?> text = (Map<?, ?>) JSON.type(Object.class).fromJson(Files.readString(json));
    for (Object command : (List<?>) Objects.requireNonNull(text.get("commands"))) {
      command((Map<?, ?>) Objects.requireNonNull(command));
    }
  }

  private static ImportValues none() {
    return ImportValues.builder().build();
  }

  private void command(Map<?, ?> command) throws IOException {
    try {
      String problem = problem(command);
      if (problem == null) {
        passed++;
      } else {
        differs(problem);
      }
    } catch (NotRun e) {
      notRun.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      differs(command.get("type") + " ends with " + e.getClass().getSimpleName());
    }
  }

  private void differs(String how) {
    differences.merge(script + ", " + how, 1, Integer::sum);
  }

  /** What is wrong with how the engine answers this command, or null. */
  private @Nullable String problem(Map<?, ?> command) throws IOException {
    String type = String.valueOf(command.get("type"));
    return switch (type) {
      case "module" -> module(command);
      case "register" -> register(command);
      case "action" -> invoke(command) == null ? "it gave nothing" : null;
      case "assert_return" -> returns(command);
      case "assert_trap", "assert_exhaustion" -> traps(command);
      case "assert_invalid", "assert_malformed" -> refuses(command);
      case "assert_unlinkable", "assert_uninstantiable" -> fails(command);
      default -> throw new IllegalArgumentException("a command of type " + type);
    };
  }

  private @Nullable String module(Map<?, ?> command) throws IOException {
    byte[] wasm = file(command);
    current = null;
    missing = refusal(wasm);
    if ("malformed".equals(missing) || "not-wasm".equals(missing)) {
      return "the gate calls a valid module " + missing;
    }
    if (missing == null) {
      missing = missingImport(wasm);
    }
    mayRun();
    Instance made = engine.instantiate(wasm, store.toImportValues());
    current = made;
    if (command.get("name") instanceof String name) {
      named.put(name, made);
    }
    return null;
  }

  /** The rule by which the gate refuses a module for what it is, not for its entry or imports. */
  private static @Nullable String refusal(byte[] wasm) {
    if (GATE.inspect(wasm) instanceof GateVerdict.Refused refused) {
      List<String> rules = refused.refusals().stream().map(Refusal::rule).toList();
      return rules.stream().filter(SpecRun::isOfTheLanguage).findFirst().orElse(null);
    }
    return null;
  }

  /** Whether a rule is about instructions and types, and not about what a function imports. */
  private static boolean isOfTheLanguage(String rule) {
    return !rule.equals("no-entry")
        && !rule.equals("unknown-import")
        && !rule.equals("import-kind")
        && !rule.equals("raw-imports")
        && !rule.equals("entry-signature")
        && !rule.equals("memory-over-profile");
  }

  /** Why the imports of a module cannot be had: a memory is never shared between guests. */
  private @Nullable String missingImport(byte[] wasm) {
    ImportSection imports = Parser.parse(wasm).importSection();
    for (int i = 0; i < imports.importCount(); i++) {
      Import each = imports.getImport(i);
      if (each.importType() == ExternalType.MEMORY) {
        return "imported memory";
      }
      if (absent.contains(each.module())) {
        return NOT_MADE;
      }
    }
    return null;
  }

  /** Ends the command when there is no module because the gate refuses it. */
  private void mayRun() {
    if (missing != null) {
      throw new NotRun(missing);
    }
  }

  private @Nullable String register(Map<?, ?> command) {
    String as = String.valueOf(command.get("as"));
    absent.add(as);
    store.register(as, instance(command.get("name")));
    absent.remove(as);
    return null;
  }

  private Instance instance(@Nullable Object name) {
    Instance made = name == null ? current : named.get(name);
    if (made != null) {
      return made;
    }
    mayRun();
    throw new NotRun(NOT_MADE);
  }

  private @Nullable String returns(Map<?, ?> command) {
    List<SpecValue> expected = values(command.get("expected"));
    long[] results = invoke(command);
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).isNumberOrFunction()) {
        throw new NotRun("externref");
      }
      if (engine == SpecEngine.INTERPRETED && expected.get(i).isSomeNan(results[i])) {
        throw new NotRun(WHICH_NAN);
      }
      if (!expected.get(i).admits(results[i])) {
        return "another value than " + expected.get(i).kind();
      }
    }
    return null;
  }

  private static List<SpecValue> values(@Nullable Object json) {
    return json instanceof List<?> list ? list.stream().map(SpecValue::of).toList() : List.of();
  }

  private long[] invoke(Map<?, ?> command) {
    Map<?, ?> action = (Map<?, ?>) Objects.requireNonNull(command.get("action"));
    Instance target = instance(action.get("module"));
    String field = String.valueOf(action.get("field"));
    if ("get".equals(action.get("type"))) {
      return new long[] {target.exports().global(field).getValue()};
    }
    List<SpecValue> arguments = values(action.get("args"));
    if (!arguments.stream().allMatch(SpecValue::isNumberOrFunction)) {
      throw new NotRun("externref");
    }
    if (target.memory() instanceof GuestMemory memory) {
      memory.begin(SpecEngine.LIMITS, new StopSignal()); // a trap leaves the depth as it was
    }
    ExportFunction function = target.export(field);
    try {
      long[] results = function.apply(arguments.stream().mapToLong(SpecValue::bits).toArray());
      ended("returns", target);
      return results == null ? new long[0] : results;
    } catch (WasmEngineException
        | IndexOutOfBoundsException
        | GuestStopped
        | GuestTrap
        | StackOverflowError e) {
      ended(Ends.kind(e), target);
      throw e;
    }
  }

  private void ended(String how, Instance target) {
    if (target.memory() instanceof GuestMemory memory) {
      fuel += memory.usedFuel();
      String end = script + " " + how + " " + MemoryHash.of(memory);
      ends.update(end.getBytes(StandardCharsets.UTF_8));
    }
  }

  private @Nullable String traps(Map<?, ?> command) {
    try {
      long[] results = invoke(command);
      return results.length + " results and no trap";
    } catch (WasmEngineException
        | IndexOutOfBoundsException
        | GuestStopped
        | GuestTrap
        | StackOverflowError e) {
      return null;
    }
  }

  /** An invalid module must be refused by the gate or by the engine, a malformed one likewise. */
  private @Nullable String refuses(Map<?, ?> command) throws IOException {
    if ("text".equals(command.get("module_type"))) {
      throw new NotRun("text format");
    }
    byte[] wasm = file(command);
    if (refusal(wasm) != null) {
      return null;
    }
    try {
      engine.instantiate(wasm, store.toImportValues());
      return "gate and engine take a module with " + command.get("text");
    } catch (WasmEngineException | ModuleRefused e) {
      return null;
    }
  }

  private @Nullable String fails(Map<?, ?> command) throws IOException {
    byte[] wasm = file(command);
    String rule = refusal(wasm);
    String why = rule == null ? missingImport(wasm) : rule;
    if (why != null) {
      throw new NotRun(why);
    }
    try {
      engine.instantiate(wasm, store.toImportValues());
      return "an instance is made in spite of " + command.get("text");
    } catch (WasmEngineException | GuestTrap | GuestFault e) {
      return null;
    }
  }

  private byte[] file(Map<?, ?> command) throws IOException {
    return Files.readAllBytes(folder.resolve(String.valueOf(command.get("filename"))));
  }
}
