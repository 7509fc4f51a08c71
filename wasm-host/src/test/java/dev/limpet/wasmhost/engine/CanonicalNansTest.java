package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Type;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;

/** What is made is canonical, what is moved stays as it is, and nobody pays for what none sees. */
final class CanonicalNansTest {

  private static final long FLOAT = 0x7fc0_0000L;
  private static final long DOUBLE = 0x7ff8_0000_0000_0000L;
  private static final long MINUS = Long.MIN_VALUE;
  private static final long ONE = Double.doubleToRawLongBits(1);

  /** Positive and negative, quiet and signalling, with all sorts of payload. */
  private static final List<Long> FLOATS =
      List.of(FLOAT, 0xffc0_0000L, 0x7f80_0001L, 0xffbf_ffffL, 0x7fff_ffffL, 0x7fc1_2345L);

  private static final List<Long> DOUBLES =
      List.of(
          DOUBLE,
          DOUBLE | MINUS,
          0x7ff0_0000_0000_0001L,
          0xfff7_ffff_ffff_ffffL,
          0x7fff_ffff_ffff_ffffL,
          0x7ff8_0000_1234_5678L);

  private static final int MUL = 0xa2;
  private static final int ADD = 0xa0;
  private static final int DIV = 0xa3;
  private static final int ABS = 0x99;
  private static final int NEG = 0x9a;
  private static final int SQRT = 0x9f;
  private static final int COPYSIGN = 0xa6;
  private static final int BITS = 0xbd;

  private static Instance instance(WasmBuilder module) {
    return SpecEngine.COMPILED.instantiate(module.build(), ImportValues.builder().build());
  }

  private static WasmBuilder module(String type, String locals, WasmCode code) {
    WasmBuilder module = new WasmBuilder().memory(1);
    return module.export("f", module.function(type, locals, code));
  }

  private static ExportFunction made(String type, String locals, WasmCode code) {
    return instance(module(type, locals, code)).export("f");
  }

  /** That a function with one parameter makes that of each NaN. */
  private static void assertGives(
      String type, String locals, WasmCode code, LongUnaryOperator expected) {
    ExportFunction function = made(type, locals, code);
    for (long nan : DOUBLES) {
      assertEquals(expected.applyAsLong(nan), function.apply(nan)[0]);
    }
  }

  private static WasmCode store(WasmCode address, WasmCode value) {
    return new WasmCode().append(address).append(value).op(0x39, 3, 0);
  }

  private static WasmCode one() {
    return new WasmCode().op(0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
  }

  /** Of the parameter and itself. */
  private static WasmCode product() {
    return new WasmCode().get(0).get(0).op(MUL);
  }

  /** How often functions of the module make a NaN canonical. */
  private static int calls(String type, String locals, WasmCode code) {
    String nans = Type.getInternalName(Nans.class);
    byte[] wasm = module(type, locals, code).build();
    return (int) CompiledCalls.of(wasm, "").stream().filter(it -> it.owner.equals(nans)).count();
  }

  /** All instructions that make a NaN of a NaN: by opcode, with parameters and result. */
  private static List<String> arithmetic() {
    List<String> all = new ArrayList<>(List.of("b6F>f", "bbf>F"));
    for (int i = 0x8d; i <= 0x97; i++) {
      all.add(Integer.toHexString(i) + (i < 0x92 ? "f>f" : "ff>f"));
      all.add(Integer.toHexString(i + 0x0e) + (i < 0x92 ? "F>F" : "FF>F"));
    }
    return all;
  }

  @Test
  void each_instruction_makes_the_canonical_nan_of_any_nan() {
    WasmBuilder module = new WasmBuilder().memory(1);
    for (String each : arithmetic()) {
      String type = each.substring(2);
      WasmCode code = new WasmCode().get(0);
      code = isBinary(each) ? code.get(1) : code;
      code.op(Integer.parseInt(each.substring(0, 2), 16));
      module.export(each, module.function(type, "", code));
    }
    Instance instance = instance(module);
    for (String each : arithmetic()) {
      assertCanonical(each, instance.export(each));
    }
  }

  private static boolean isBinary(String instruction) {
    return instruction.indexOf('>') == 4;
  }

  private static void assertCanonical(String instruction, ExportFunction function) {
    boolean ofFloats = instruction.charAt(2) == 'f';
    long expected = instruction.endsWith("f") ? FLOAT : DOUBLE;
    List<Long> second = new ArrayList<>(ofFloats ? FLOATS : DOUBLES);
    second.add(ofFloats ? Float.floatToRawIntBits(1) : ONE);
    for (long nan : ofFloats ? FLOATS : DOUBLES) {
      if (!isBinary(instruction)) {
        assertEquals(expected, function.apply(nan)[0], instruction);
        continue;
      }
      for (long other : second) {
        assertEquals(expected, function.apply(nan, other)[0], instruction);
        assertEquals(expected, function.apply(other, nan)[0], instruction);
      }
    }
  }

  @Test
  void numbers_that_make_a_nan_make_the_canonical_one() {
    long infinity = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
    assertEquals(DOUBLE, made("F>F", "", new WasmCode().get(0).get(0).op(DIV)).apply(0)[0]);
    assertEquals(DOUBLE, made("F>F", "", new WasmCode().get(0).op(SQRT)).apply(MINUS | ONE)[0]);
    ExportFunction product = made("FF>F", "", new WasmCode().get(0).get(1).op(MUL));
    assertEquals(DOUBLE, product.apply(infinity, MINUS)[0]);
    assertEquals(ONE, product.apply(ONE, ONE)[0]);
    assertEquals(infinity, product.apply(infinity, ONE)[0]);
    assertEquals(MINUS, product.apply(MINUS, ONE)[0]);
  }

  @Test
  void what_is_moved_keeps_its_bits() {
    WasmCode through = store(new WasmCode().i32(8), new WasmCode().get(0));
    through.i32(8).op(0x2b, 3, 0).set(1);
    // A block with a result, select, then the bits.
    through.op(0x02, 0x7c).get(1).end().get(1).i32(1).op(0x1b).op(BITS);
    assertGives("F>I", "F", through, nan -> nan);
    assertGives("F>F", "", new WasmCode().get(0).op(NEG), nan -> nan ^ MINUS);
    assertGives("F>F", "", new WasmCode().get(0).op(ABS), nan -> nan & ~MINUS);
    WasmCode ofOne = new WasmCode().get(0).append(one()).op(COPYSIGN);
    assertGives("F>F", "", ofOne, nan -> nan & ~MINUS);
    WasmCode toOne = one().get(0).op(COPYSIGN);
    assertGives("F>F", "", toOne, nan -> ONE | (nan & MINUS));
    ExportFunction same = made("f>f", "f", new WasmCode().get(0).tee(1).drop().get(1));
    for (long nan : FLOATS) {
      assertEquals((int) nan, (int) same.apply(nan)[0]);
    }
  }

  @Test
  void a_sign_is_that_of_the_canonical_nan() {
    assertGives("F>F", "", product().op(NEG), _ -> DOUBLE | MINUS);
    assertGives("F>F", "", product().op(NEG, NEG), _ -> DOUBLE);
    assertGives("F>F", "", product().op(NEG, ABS), _ -> DOUBLE);
    assertGives("F>F", "", one().append(product()).op(COPYSIGN), _ -> ONE);
    assertGives("F>F", "", one().append(product()).op(NEG, COPYSIGN), _ -> MINUS | ONE);
  }

  @Test
  void a_nan_is_canonical_wherever_it_gets_to() {
    WasmCode memory = store(new WasmCode().i32(8), product()).i32(8).op(0x29, 3, 0);
    assertGives("F>I", "", memory, _ -> DOUBLE);
    WasmCode local = product().set(1).get(1).set(2).get(2).op(BITS);
    assertGives("F>I", "FF", local, _ -> DOUBLE);
    WasmCode block = new WasmCode().op(0x02, 0x7c).append(product()).br(0).end().op(BITS);
    assertGives("F>I", "", block, _ -> DOUBLE);
    WasmCode select = product().append(one()).i32(1).op(0x1b).op(BITS);
    assertGives("F>I", "", select, _ -> DOUBLE);
    WasmCode overwritten = product().set(0).get(0).op(BITS);
    assertGives("F>I", "", overwritten, _ -> DOUBLE);
  }

  @Test
  void a_nan_of_a_loop_is_canonical_when_it_is_read_in_the_next_turn() {
    WasmCode code = new WasmCode().i32(3).set(1).loop();
    code.get(2).op(BITS).set(3).append(product()).set(2);
    code.get(1).i32(1).sub().tee(1).brIf(0).end().get(3);
    assertGives("F>I", "iFI", code, _ -> DOUBLE);
  }

  @Test
  void only_what_may_be_seen_is_made_canonical() {
    assertEquals(0, calls("ii>i", "", new WasmCode().get(0).get(1).add()));
    assertEquals(0, calls("FF>F", "", new WasmCode().get(0).op(NEG, ABS)));
    assertEquals(1, calls("FF>F", "", product()));
    assertEquals(1, calls("FF>F", "", product().get(0).op(MUL).get(1).op(ADD)));
    assertEquals(0, calls("FF>i", "", product().get(0).op(0x63)));
    assertEquals(0, calls("FF>I", "", product().op(NEG, ABS).op(0xfc, 6)));
    WasmCode loop =
        new WasmCode().loop().get(0).get(1).op(ADD).tee(0).get(1).op(0x63).brIf(0).end();
    assertEquals(0, calls("FF>", "", loop));
    assertEquals(1, calls("FF>F", "", loop.get(0)));
    assertEquals(0, calls("FF>", "", product().drop()));
    assertEquals(1, calls("F>", "", store(new WasmCode().i32(0), product())));
  }

  @Test
  void a_function_that_reads_and_writes_a_lot_does_the_same() {
    WasmCode code = new WasmCode();
    for (int i = 0; i < 40; i++) {
      code.append(store(new WasmCode().i32(8 * i), product()));
    }
    assertEquals(40, calls("F>", "", code));
    code.i32(8 * 39).op(0x29, 3, 0);
    assertGives("F>I", "", code, _ -> DOUBLE);
  }
}
