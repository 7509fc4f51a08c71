package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What wasm forbids is a trap, with the same words every time, and never a fault of ours. */
final class TrapTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private static final int PAGE = 65_536;

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  private static WasmBuilder module(WasmCode start) {
    WasmBuilder module = new WasmBuilder();
    int function = module.function(">", "iI", start);
    return module.memory(1).exportMemory().export("_start", function);
  }

  private static Outcome run(WasmCode start) {
    return SANDBOX.run(module(start).build()).outcome();
  }

  private static void assertTraps(String reason, Outcome outcome) {
    Outcome.Trapped trapped = assertInstanceOf(Outcome.Trapped.class, outcome);
    assertTrue(trapped.reason().contains(reason), trapped.reason());
  }

  private static void assertOutOfBounds(WasmCode start) {
    assertTraps("out of bounds memory access", run(start));
  }

  @Test
  void division_by_zero_and_overflow() {
    assertTraps("integer divide by zero", run(new WasmCode().i32(1).i32(0).op(0x6d).drop()));
    assertTraps("integer divide by zero", run(new WasmCode().i64(1).i64(0).op(0x82).drop()));
    assertTraps(
        "integer overflow", run(new WasmCode().i32(Integer.MIN_VALUE).i32(-1).op(0x6d).drop()));
    assertEquals(
        new Outcome.Completed(0),
        run(new WasmCode().i32(Integer.MIN_VALUE).i32(-1).op(0x6f).drop()));
  }

  @ParameterizedTest
  @CsvSource({
    "65533, 0",
    "65536, 0",
    "-1, 0",
    "-2147483648, 0",
    "0, 65533",
    "32, -16",
    "-16, 32",
    "-1, -1",
    "2147483647, 1",
    "2147483647, 2147483647",
    "0, -2147483648",
    "-2147483648, -2147483648"
  })
  void loads_and_stores_beyond_the_end(int address, int offset) {
    for (WasmCode before : new WasmCode[] {new WasmCode(), dense()}) {
      assertOutOfBounds(new WasmCode().append(before).i32(address).load(offset).drop());
      assertOutOfBounds(new WasmCode().append(before).i32(address).i32(1).store(offset));
    }
  }

  @Test
  void a_dense_function_that_runs_while_the_instance_is_made() {
    WasmBuilder module = new WasmBuilder().memory(1);
    int entry = module.function(">", "", new WasmCode());
    int start = module.function(">", "", dense().i32(-1).load(0).drop());
    byte[] wasm = module.export("_start", entry).start(start).build();
    assertTraps("out of bounds memory access", SANDBOX.run(wasm).outcome());
  }

  /** So many reads that they are no longer calls. */
  private static WasmCode dense() {
    WasmCode code = new WasmCode();
    for (int i = 0; i < 40; i++) {
      code.i32(i).load(i).drop();
    }
    return code;
  }

  /** From {@code i32.load} on: how many bytes they read, then how many they write. */
  private static final int[] READS = {4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4};

  private static final int[] WRITES = {4, 8, 4, 8, 1, 2, 1, 2, 4};

  /** Constants of the types that the first four of them write; the others are integers. */
  private static WasmCode value(int write) {
    return switch (write) {
      case 0, 4, 5 -> new WasmCode().i32(1);
      case 2 -> new WasmCode().op(0x43, 0, 0, 0, 0);
      case 3 -> new WasmCode().op(0x44, 0, 0, 0, 0, 0, 0, 0, 0);
      default -> new WasmCode().i64(1);
    };
  }

  @Test
  void every_read_and_write_of_a_dense_function_ends_where_memory_does() {
    WasmCode good = dense();
    for (int i = 0; i < READS.length; i++) {
      good.i32(PAGE - READS[i]).op(0x28 + i, 0, 0).drop();
      WasmCode read = new WasmCode().op(0x28 + i, 0, 0).drop();
      assertOutOfBounds(dense().i32(PAGE - READS[i] + 1).append(read));
    }
    for (int i = 0; i < WRITES.length; i++) {
      WasmCode write = new WasmCode().append(value(i)).op(0x36 + i, 0, 0);
      good.i32(PAGE - WRITES[i]).append(write);
      assertOutOfBounds(dense().i32(PAGE - WRITES[i] + 1).append(write));
    }
    assertEquals(new Outcome.Completed(0), run(good));
  }

  @Test
  void a_dense_function_sees_that_memory_has_grown() {
    WasmCode grown = dense().i32(1).grow().drop().append(dense());
    WasmCode end = new WasmCode().i32(2 * PAGE - 4);
    WasmCode same = new WasmCode().append(grown).append(end).i32(7).store(0);
    same.append(end).load(0).i32(7).equal().eqz().when().unreachable().end();
    assertEquals(new Outcome.Completed(0), run(same));
    assertOutOfBounds(new WasmCode().append(grown).i32(2 * PAGE - 3).load(0).drop());
  }

  @Test
  void loads_and_stores_up_to_the_end() {
    WasmCode code = new WasmCode().i32(PAGE - 4).load(0).drop().i32(4).load(PAGE - 8).drop();
    assertEquals(new Outcome.Completed(0), run(code.i32(0).i32(7).store(PAGE - 4)));
  }

  /** {@code memory.fill}: target, value, length. */
  private static WasmCode fill(int target, int length) {
    return new WasmCode().i32(target).i32(1).i32(length).op(0xfc, 0x0b, 0);
  }

  /** {@code memory.copy}: target, source, length. */
  private static WasmCode copy(int target, int source, int length) {
    return new WasmCode().i32(target).i32(source).i32(length).op(0xfc, 0x0a, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 65537",
    "65536, 1",
    "65537, 0",
    "-1, 0",
    "1, -1",
    "-1, 1",
    "-2147483648, -2147483648",
    "2147483647, 2147483647",
    "1, 2147483647",
    "0, -65536"
  })
  void bulk_operations_beyond_the_end(int start, int length) {
    assertOutOfBounds(fill(start, length));
    assertOutOfBounds(copy(start, 0, length));
    assertOutOfBounds(copy(0, start, length));
  }

  @Test
  void bulk_operations_up_to_the_end() {
    assertEquals(new Outcome.Completed(0), run(fill(0, PAGE)));
    assertEquals(new Outcome.Completed(0), run(fill(PAGE, 0)));
    assertEquals(new Outcome.Completed(0), run(copy(PAGE, PAGE, 0)));
    assertEquals(new Outcome.Completed(0), run(copy(1, 0, PAGE - 1)));
  }

  @Test
  void calls_through_the_table() {
    assertTraps("", callIndirect(0, "i>"));
    assertTraps("", callIndirect(1, ">"));
    assertTraps("", callIndirect(2, ">"));
    assertTraps("", callIndirect(-1, ">"));
    assertEquals(new Outcome.Completed(0), callIndirect(0, ">"));
  }

  private static Outcome callIndirect(int index, String signature) {
    WasmBuilder module = new WasmBuilder();
    int target = module.function(">", "", new WasmCode());
    WasmCode code = new WasmCode();
    if (signature.startsWith("i")) {
      code.i32(0);
    }
    code.i32(index).op(0x11, module.type(signature), 0);
    int start = module.function(">", "", code);
    byte[] wasm = module.table(2).elements(0, target).export("_start", start).build();
    return SANDBOX.run(wasm).outcome();
  }

  @Test
  void functions_of_the_host_are_called_through_the_table_too() {
    WasmBuilder module = new WasmBuilder();
    int exit = module.wasi("proc_exit", "i>");
    int yield = module.wasi("sched_yield", ">i");
    int type = module.type("i>");
    int start =
        module.function(">", "", new WasmCode().call(yield).i32(7).add().i32(0).op(0x11, type, 0));
    byte[] wasm = module.table(2).elements(0, exit, start).export("_start", start).build();
    assertEquals(new Outcome.Completed(7), SANDBOX.run(wasm).outcome());
  }

  @Test
  void data_that_does_not_fit_at_the_start() {
    byte[] wasm = module(new WasmCode()).data(PAGE - 1, new byte[2]).build();
    assertTraps("out of bounds", SANDBOX.run(wasm).outcome());
    byte[] negative = module(new WasmCode()).data(-1, new byte[1]).build();
    assertTraps("out of bounds", SANDBOX.run(negative).outcome());
  }

  @Test
  void a_segment_that_was_dropped_has_no_bytes() {
    // memory.init of one byte, and data.drop.
    WasmCode init = new WasmCode().i32(8).i32(0).i32(1).op(0xfc, 0x08, 0, 0);
    WasmCode dropped = new WasmCode().append(init).op(0xfc, 0x09, 0);
    assertEquals(new Outcome.Completed(0), SANDBOX.run(withSegment(dropped)).outcome());
    assertTraps("out of bounds", SANDBOX.run(withSegment(dropped.append(init))).outcome());
  }

  private static byte[] withSegment(WasmCode code) {
    return module(code).passiveData(new byte[] {1}).build();
  }

  @Test
  void floats_that_are_no_integers() {
    WasmCode nan = new WasmCode().op(0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f).op(0xaa).drop();
    assertTraps("invalid conversion", run(nan));
    WasmCode infinite = new WasmCode().op(0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f).op(0xaa).drop();
    assertTraps("integer overflow", run(infinite));
  }

  @Test
  void every_admitted_instruction_compiles_and_runs() {
    assertEquals(new Outcome.Completed(0), SANDBOX.run(EveryInstruction.bytes()).outcome());
  }
}
