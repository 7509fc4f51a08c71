package dev.limpet.wasmgate;

/**
 * Instructions, one method each, written in the order in which they run. The closing {@code end} of
 * a function is added by {@link WasmBuilder}. For what has no method: {@link #op(int...)}.
 */
public final class WasmCode {
  /** The type of a block that leaves nothing on the stack. */
  public static final int EMPTY = 0x40;

  /** The value type i32, also as the type of a block. */
  public static final int I32 = 0x7f;

  /** The value type i64. */
  public static final int I64 = 0x7e;

  private final WasmBytes bytes = new WasmBytes();

  /** Raw bytes of one or more instructions. */
  public WasmCode op(int... values) {
    bytes.bytes(values);
    return this;
  }

  /** Appends all instructions of another piece. */
  public WasmCode append(WasmCode other) {
    bytes.append(other.toBytes());
    return this;
  }

  /** {@code i32.const}. */
  public WasmCode i32(int value) {
    bytes.bytes(0x41).s64(value);
    return this;
  }

  /** {@code i64.const}. */
  public WasmCode i64(long value) {
    bytes.bytes(0x42).s64(value);
    return this;
  }

  /** {@code local.get}. */
  public WasmCode get(int local) {
    return indexed(0x20, local);
  }

  /** {@code local.set}. */
  public WasmCode set(int local) {
    return indexed(0x21, local);
  }

  /** {@code local.tee}. */
  public WasmCode tee(int local) {
    return indexed(0x22, local);
  }

  /** {@code global.get}. */
  public WasmCode getGlobal(int global) {
    return indexed(0x23, global);
  }

  /** {@code global.set}. */
  public WasmCode setGlobal(int global) {
    return indexed(0x24, global);
  }

  /** {@code call}. */
  public WasmCode call(int function) {
    return indexed(0x10, function);
  }

  /** {@code block} without a result. */
  public WasmCode block() {
    return op(0x02, EMPTY);
  }

  /** {@code loop} without a result. */
  public WasmCode loop() {
    return op(0x03, EMPTY);
  }

  /** {@code if} without a result. */
  public WasmCode when() {
    return op(0x04, EMPTY);
  }

  /** {@code end} of a block, loop or if. */
  public WasmCode end() {
    return op(0x0b);
  }

  /** {@code br}. */
  public WasmCode br(int depth) {
    return indexed(0x0c, depth);
  }

  /** {@code br_if}. */
  public WasmCode brIf(int depth) {
    return indexed(0x0d, depth);
  }

  /** {@code drop}. */
  public WasmCode drop() {
    return op(0x1a);
  }

  /** {@code unreachable}. */
  public WasmCode unreachable() {
    return op(0x00);
  }

  /** {@code i32.load} from the address on the stack plus the offset. */
  public WasmCode load(int offset) {
    bytes.bytes(0x28, 2).u32(Integer.toUnsignedLong(offset));
    return this;
  }

  /** {@code i32.store} to the address on the stack plus the offset. */
  public WasmCode store(int offset) {
    bytes.bytes(0x36, 2).u32(Integer.toUnsignedLong(offset));
    return this;
  }

  /** Stores a constant at a constant address, as i32. */
  public WasmCode store(int address, int value) {
    return i32(address).i32(value).store(0);
  }

  /** {@code memory.grow}. */
  public WasmCode grow() {
    return op(0x40, 0x00);
  }

  /** {@code i32.eqz}. */
  public WasmCode eqz() {
    return op(0x45);
  }

  /** {@code i32.eq}. */
  public WasmCode equal() {
    return op(0x46);
  }

  /** {@code i32.add}. */
  public WasmCode add() {
    return op(0x6a);
  }

  /** {@code i32.sub}. */
  public WasmCode sub() {
    return op(0x6b);
  }

  private WasmCode indexed(int opcode, int index) {
    bytes.bytes(opcode).u32(index);
    return this;
  }

  /** The instructions so far, without a closing {@code end}. */
  public byte[] toBytes() {
    return bytes.toBytes();
  }
}
