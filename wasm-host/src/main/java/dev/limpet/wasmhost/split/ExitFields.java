package dev.limpet.wasmhost.split;

import org.objectweb.asm.Type;

/**
 * Where a part leaves what it has changed: fields of an object to which a parameter of every method
 * leads, so that nothing is allocated. They hold something only between the end of a part and the
 * next instruction of its caller, so calls inside each other may use the same ones. Field {@code n}
 * of a kind is called by the small letter of the kind and {@code n}.
 *
 * @param parameter descriptor of the parameter through which it is found
 * @param holder internal name of the class of that object
 * @param field of it, in which the object with the fields is
 * @param owner internal name of the class with the fields
 * @param ints fields {@code i0}, {@code i1}, …
 * @param longs fields {@code j0}, …
 * @param floats fields {@code f0}, …
 * @param doubles fields {@code d0}, …
 */
public record ExitFields(
    String parameter,
    String holder,
    String field,
    String owner,
    int ints,
    int longs,
    int floats,
    int doubles) {

  /** Whether it has a field of that name and type. */
  public boolean has(String name, String descriptor) {
    for (Kind kind : Kind.values()) {
      if (kind.type().getDescriptor().equals(descriptor)) {
        for (int i = 0; i < count(kind); i++) {
          if (name.equals(name(kind, i))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  int count(Kind kind) {
    return switch (kind) {
      case INT -> ints;
      case LONG -> longs;
      case FLOAT -> floats;
      case DOUBLE -> doubles;
      case REFERENCE -> 0;
    };
  }

  static String name(Kind kind, int index) {
    return switch (kind) {
      case INT -> "i" + index;
      case LONG -> "j" + index;
      case FLOAT -> "f" + index;
      case DOUBLE -> "d" + index;
      case REFERENCE -> throw new IllegalArgumentException("no field holds a reference");
    };
  }

  /** Whether results of that type, if any, can be left in a field. */
  boolean canHold(Type type) {
    return type.getSort() == Type.VOID || count(Kind.of(type)) > 0;
  }
}
