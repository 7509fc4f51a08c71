package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.RandomProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/**
 * Programs made by chance do the same, with the same fuel, in compiled code with meters and, in
 * their measured form, in the engine's interpreter, which has neither meters nor canonical NaNs:
 * every bit of memory and globals, at a trap too, which is the same one. So they do when nothing
 * and when all of their functions is split. Host functions are stubs here, and cost a call.
 */
final class RandomProgramsTest {

  private static final GuestLimits LIMITS = new GuestLimits(1 << 20, 2_000_000, 1_000);

  private static final long STACK_BYTES = 256L << 20;

  /** What came of a run. */
  private record End(String how, long fuel, List<Long> globals, byte[] memory) {}

  @Test
  void a_few_programs_do_the_same_in_both_engines_with_the_same_fuel() {
    Map<String, Integer> ends = compare(1, 4);
    assertTrue(ends.getOrDefault("returns", 0) > 0, ends.toString());
  }

  @Test
  void a_program_whose_product_of_32_bits_is_zero_while_that_of_64_is_not_goes_on_alike() {
    assertEquals(Map.of("returns", 1), compare(276642808847766L, 1));
  }

  @Test
  @Tag("long")
  void the_same_programs_do_the_same_in_both_engines_with_the_same_fuel() {
    Map<String, Integer> ends = compare(1, 16);
    assertTrue(ends.getOrDefault("returns", 0) > 8, ends.toString());
    assertTrue(ends.keySet().stream().anyMatch(how -> how.startsWith("traps")), ends.toString());
  }

  @Test
  @Tag("nightly")
  void other_programs_each_night_do_the_same_in_both_engines_with_the_same_fuel() {
    long seed = new Random().nextLong() >>> 16;
    System.out.println("programs from the seed " + seed);
    Map<String, Integer> ends = compare(seed, 2_000);
    System.out.println("how programs ended: " + ends);
  }

  private static Map<String, Integer> compare(long firstSeed, int programs) {
    Map<String, Integer> ends = new HashMap<>();
    for (long seed = firstSeed; seed < firstSeed + programs; seed++) {
      String name = "the program of seed " + seed;
      String how = compare(name, RandomProgram.plain(seed), RandomProgram.measured(seed));
      ends.merge(how, 1, Integer::sum);
    }
    return ends;
  }

  /** Compares the two forms of a program, and says how it ends. */
  static String compare(String name, byte[] plain, byte[] measured) {
    End compiled = end(SpecEngine.COMPILED, plain);
    assertAlike(compiled, end(SpecEngine.WHOLE, plain), name + ", whole");
    assertAlike(compiled, end(SpecEngine.SPLIT, plain), name + ", split");
    assertAlike(compiled, end(SpecEngine.LASTING, plain), name + ", split with fields");
    if (compiled.how().startsWith("stopped")) {
      return compiled.how(); // the interpreter has no meters that would stop it there
    }
    End interpreted = end(SpecEngine.INTERPRETED, measured);
    assertAlike(interpreted, compiled, name);
    return compiled.how();
  }

  private static void assertAlike(End expected, End actual, String name) {
    assertEquals(expected.how(), actual.how(), name);
    assertEquals(expected.fuel(), actual.fuel(), name);
    assertEquals(expected.globals(), actual.globals(), name);
    assertArrayEquals(expected.memory(), actual.memory(), name);
  }

  /** On a stack that is large enough for the smallest parts. */
  private static End end(SpecEngine engine, byte[] wasm) {
    FutureTask<End> end = new FutureTask<>(() -> endHere(engine, wasm));
    new Thread(null, end, "guest", STACK_BYTES).start();
    try {
      return end.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static End endHere(SpecEngine engine, byte[] wasm) {
    Instance instance = engine.instantiate(wasm, imports(), LIMITS);
    String how = run(instance);
    GuestMemory memory = (GuestMemory) instance.memory();
    List<Long> globals = new ArrayList<>();
    for (int i = 0; i < RandomProgram.TICKS; i++) {
      boolean single = instance.global(i).getType().equals(ValType.I32);
      single |= instance.global(i).getType().equals(ValType.F32);
      long bits = memory.global(instance, i);
      globals.add(single ? (int) bits : bits);
    }
    // In either engine growing and bulk operations charge the memory, calls and loops one of both.
    long fuel = memory.usedFuel() + memory.global(instance, RandomProgram.TICKS);
    return new End(how, fuel, globals, memory.readBytes(0, memory.size()));
  }

  private static String run(Instance instance) {
    try {
      long[] _ = instance.export(RandomProgram.ENTRY).apply();
      return "returns";
    } catch (WasmEngineException
        | IndexOutOfBoundsException
        | GuestTrap
        | GuestStopped
        | StackOverflowError e) {
      return Ends.kind(e);
    }
  }

  /** Chance that is none, a clock that stands, and an output that takes everything. */
  private static ImportValues imports() {
    List<ImportFunction> functions = new ArrayList<>();
    add(functions, "random_get", "ii", (memory, arguments) -> fill(memory, arguments));
    add(
        functions,
        "clock_time_get",
        "iIi",
        (memory, arguments) -> memory.writeLong((int) arguments[2], 1L << 60 | arguments[0]));
    add(functions, "fd_write", "iiii", (memory, arguments) -> {});
    return ImportValues.builder().withFunctions(functions).build();
  }

  private static void fill(GuestMemory memory, long[] arguments) {
    for (int i = 0; i < (int) arguments[1]; i++) {
      memory.writeByte((int) arguments[0] + i, (byte) (17L * i + arguments[0]));
    }
  }

  private interface Body {
    void run(GuestMemory memory, long[] arguments);
  }

  private static void add(List<ImportFunction> to, String name, String parameters, Body body) {
    List<ValType> types =
        parameters.chars().mapToObj(c -> c == 'I' ? ValType.I64 : ValType.I32).toList();
    to.add(
        new ImportFunction(
            "wasi_snapshot_preview1",
            name,
            FunctionType.of(types, List.of(ValType.I32)),
            (instance, arguments) -> {
              body.run((GuestMemory) instance.memory(), arguments);
              return new long[] {0};
            }));
  }
}
