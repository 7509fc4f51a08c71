package dev.limpet.wasmhost.split;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** What a local variable holds, as far as instructions tell it apart. */
enum Kind {
  INT(Opcodes.ILOAD, Opcodes.ISTORE),
  LONG(Opcodes.LLOAD, Opcodes.LSTORE),
  FLOAT(Opcodes.FLOAD, Opcodes.FSTORE),
  DOUBLE(Opcodes.DLOAD, Opcodes.DSTORE),
  REFERENCE(Opcodes.ALOAD, Opcodes.ASTORE);

  private static final Type OBJECT = Type.getType(Object.class);

  private final int load;
  private final int store;

  Kind(int load, int store) {
    this.load = load;
    this.store = store;
  }

  /** Of the variable that a load or store is about. */
  static Kind of(int opcode) {
    return switch (opcode) {
      case Opcodes.ILOAD, Opcodes.ISTORE -> INT;
      case Opcodes.LLOAD, Opcodes.LSTORE -> LONG;
      case Opcodes.FLOAD, Opcodes.FSTORE -> FLOAT;
      case Opcodes.DLOAD, Opcodes.DSTORE -> DOUBLE;
      default -> REFERENCE;
    };
  }

  static boolean isStore(int opcode) {
    return opcode >= Opcodes.ISTORE;
  }

  static Kind of(Type type) {
    return switch (type.getSort()) {
      case Type.LONG -> LONG;
      case Type.FLOAT -> FLOAT;
      case Type.DOUBLE -> DOUBLE;
      case Type.OBJECT, Type.ARRAY -> REFERENCE;
      default -> INT;
    };
  }

  /** Of all references an {@code Object}. */
  Type type() {
    return switch (this) {
      case INT -> Type.INT_TYPE;
      case LONG -> Type.LONG_TYPE;
      case FLOAT -> Type.FLOAT_TYPE;
      case DOUBLE -> Type.DOUBLE_TYPE;
      case REFERENCE -> OBJECT;
    };
  }

  /** As in a stack map. */
  Object verified() {
    return switch (this) {
      case INT -> Opcodes.INTEGER;
      case LONG -> Opcodes.LONG;
      case FLOAT -> Opcodes.FLOAT;
      case DOUBLE -> Opcodes.DOUBLE;
      case REFERENCE -> OBJECT.getInternalName();
    };
  }

  int slots() {
    return type().getSize();
  }

  /** Pushes zero of a number. */
  int zero() {
    return switch (this) {
      case INT -> Opcodes.ICONST_0;
      case LONG -> Opcodes.LCONST_0;
      case FLOAT -> Opcodes.FCONST_0;
      case DOUBLE -> Opcodes.DCONST_0;
      case REFERENCE -> throw new IllegalStateException("references are parameters");
    };
  }

  int load() {
    return load;
  }

  int store() {
    return store;
  }
}
