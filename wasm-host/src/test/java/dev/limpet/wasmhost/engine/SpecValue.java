package dev.limpet.wasmhost.engine;

import java.util.Map;

/**
 * Values as the scripts of the specification write them: numbers as decimal text of their unsigned
 * bits, {@code nan:canonical} and {@code nan:arithmetic} for the NaNs that an instruction may give
 * (core specification 2.0, 4.3.3), {@code null} for a null reference.
 */
record SpecValue(String type, String value) {

  private static final int NULL_REFERENCE = -1;

  static SpecValue of(Object json) {
    Map<?, ?> map = (Map<?, ?>) json;
    Object value = map.get("value");
    return new SpecValue(String.valueOf(map.get("type")), value == null ? "any" : value.toString());
  }

  /** Its type, or the kind of NaN that it stands for. */
  String kind() {
    return value.startsWith("nan:") ? value : type;
  }

  /** Whether it is of a type that guests may have here. */
  boolean isNumberOrFunction() {
    return !type.equals("externref") && !type.equals("v128");
  }

  /** As the engine takes it: 64 bits, of which an i32 is the lower half, with its sign. */
  long bits() {
    return switch (type) {
      case "i32" -> Integer.parseUnsignedInt(value);
      case "f32" -> Integer.toUnsignedLong(Integer.parseUnsignedInt(value));
      case "i64", "f64" -> Long.parseUnsignedLong(value);
      case "funcref" -> value.equals("null") ? NULL_REFERENCE : Long.parseLong(value);
      default -> throw new IllegalArgumentException("a value of type " + type);
    };
  }

  /** Whether any quiet NaN may be here, and a NaN is: quiet or not. */
  boolean isSomeNan(long actual) {
    return value.equals("nan:arithmetic")
        && (type.equals("f32")
            ? Float.isNaN(Float.intBitsToFloat((int) actual))
            : Double.isNaN(Double.longBitsToDouble(actual)));
  }

  /** Whether an instruction that must give this may give that. */
  boolean admits(long actual) {
    return switch (type) {
      case "f32" -> admitsFloat((int) actual);
      case "f64" -> admitsDouble(actual);
      case "i32" -> (int) actual == (int) bits();
      case "funcref" -> value.equals("any") ? actual != NULL_REFERENCE : actual == bits();
      default -> actual == bits();
    };
  }

  private boolean admitsFloat(int actual) {
    return switch (value) {
      case "nan:canonical" -> (actual & 0x7FFF_FFFF) == 0x7FC0_0000;
      case "nan:arithmetic" -> (actual & 0x7FC0_0000) == 0x7FC0_0000;
      default -> actual == (int) bits();
    };
  }

  private boolean admitsDouble(long actual) {
    return switch (value) {
      case "nan:canonical" -> (actual & Long.MAX_VALUE) == 0x7FF8_0000_0000_0000L;
      case "nan:arithmetic" -> (actual & 0x7FF8_0000_0000_0000L) == 0x7FF8_0000_0000_0000L;
      default -> actual == bits();
    };
  }
}
