package dev.limpet.wasmgate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes wasm modules by hand, for tests. Types are written as {@code "ii>i"}: parameters, an
 * arrow, results, with {@code i I f F r} for i32, i64, f32, f64 and funcref; equal types are
 * shared. Import functions before you define any: the indices that {@link #importFunction} and
 * {@link #function} return are final at once. Sections that the methods do not write are added by
 * {@link #section}, which also replaces what they wrote: nothing is checked, so that broken modules
 * can be built too.
 */
public final class WasmBuilder {
  /** The module name of WASI preview 1. */
  public static final String WASI = "wasi_snapshot_preview1";

  static final byte[] PREAMBLE = {0, 'a', 's', 'm', 1, 0, 0, 0};

  static final int CUSTOM = 0;
  static final int TYPE = 1;
  static final int IMPORT = 2;
  static final int FUNCTION = 3;
  static final int TABLE = 4;
  static final int MEMORY = 5;
  static final int GLOBAL = 6;
  static final int EXPORT = 7;
  static final int START = 8;
  static final int ELEMENT = 9;
  static final int CODE = 10;
  static final int DATA = 11;
  static final int DATA_COUNT = 12;
  static final int TAG = 13;

  /** The order of sections in a module, by id. */
  private static final int[] ORDER = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

  private final List<String> types = new ArrayList<>();
  private final Map<Integer, List<byte[]>> entries = new TreeMap<>();
  private final Map<Integer, byte[]> whole = new TreeMap<>();
  private final WasmBytes customs = new WasmBytes();
  private int functions;

  /** The index of a function type, added when new. */
  public int type(String signature) {
    int known = types.indexOf(signature);
    if (known >= 0) {
      return known;
    }
    types.add(signature);
    int arrow = signature.indexOf('>');
    entry(
        TYPE,
        new WasmBytes()
            .bytes(0x60)
            .vector(valueTypes(signature.substring(0, arrow)))
            .vector(valueTypes(signature.substring(arrow + 1))));
    return types.size() - 1;
  }

  private static byte[] valueTypes(String letters) {
    WasmBytes bytes = new WasmBytes();
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      bytes.bytes(
          switch (letter) {
            case 'i' -> 0x7f;
            case 'I' -> 0x7e;
            case 'f' -> 0x7d;
            case 'F' -> 0x7c;
            case 'r' -> 0x70;
            default -> throw new IllegalArgumentException("no value type: " + letter);
          });
    }
    return bytes.toBytes();
  }

  /** Imports a function and returns its index. */
  public int importFunction(String module, String name, String signature) {
    int type = type(signature);
    entry(IMPORT, new WasmBytes().name(module).name(name).bytes(0).u32(type));
    return functions++;
  }

  /** Imports a function of WASI preview 1 and returns its index. */
  public int wasi(String name, String signature) {
    return importFunction(WASI, name, signature);
  }

  /** Imports a table of functions. */
  public WasmBuilder importTable(String module, String name, int size) {
    return entry(IMPORT, new WasmBytes().name(module).name(name).bytes(1, 0x70, 0).u32(size));
  }

  /** Defines a function with locals (same letters as in types) and returns its index. */
  public int function(String signature, String locals, WasmCode code) {
    WasmBytes body = new WasmBytes().u32(locals.length());
    for (byte type : valueTypes(locals)) {
      body.u32(1).bytes(type & 0xff);
    }
    return rawFunction(signature, body.append(code.toBytes()).bytes(0x0b).toBytes());
  }

  /** Defines a function with its whole body (locals, code, end) as bytes, and returns its index. */
  public int rawFunction(String signature, byte[] body) {
    entry(FUNCTION, new WasmBytes().u32(type(signature)));
    entry(CODE, new WasmBytes().vector(body));
    return functions++;
  }

  /** A memory without a declared maximum. */
  public WasmBuilder memory(int pages) {
    return entry(MEMORY, new WasmBytes().bytes(0).u32(pages));
  }

  /** A memory with a maximum. */
  public WasmBuilder memory(int pages, int maximum) {
    return entry(MEMORY, new WasmBytes().bytes(1).u32(pages).u32(maximum));
  }

  /** A table of functions. */
  public WasmBuilder table(int size) {
    return entry(TABLE, new WasmBytes().bytes(0x70, 0).u32(size));
  }

  /** A mutable i32 global. */
  public WasmBuilder global(int value) {
    return entry(GLOBAL, new WasmBytes().bytes(0x7f, 1, 0x41).s64(value).bytes(0x0b));
  }

  /** A mutable i64 global. */
  public WasmBuilder longGlobal(long value) {
    return entry(GLOBAL, new WasmBytes().bytes(0x7e, 1, 0x42).s64(value).bytes(0x0b));
  }

  /** Exports a function. */
  public WasmBuilder export(String name, int function) {
    return entry(EXPORT, new WasmBytes().name(name).bytes(0).u32(function));
  }

  /** Exports the memory as {@code memory}. */
  public WasmBuilder exportMemory() {
    return entry(EXPORT, new WasmBytes().name("memory").bytes(2, 0));
  }

  /** Exports the table as {@code table}. */
  public WasmBuilder exportTable() {
    return entry(EXPORT, new WasmBytes().name("table").bytes(1, 0));
  }

  /** Runs a function at instantiation. */
  public WasmBuilder start(int function) {
    return section(START, new WasmBytes().u32(function).toBytes());
  }

  /** Puts functions into the table from an index on. */
  public WasmBuilder elements(int offset, int... functionIndices) {
    WasmBytes segment = new WasmBytes().bytes(0, 0x41).s64(offset).bytes(0x0b);
    segment.u32(functionIndices.length);
    for (int function : functionIndices) {
      segment.u32(function);
    }
    return entry(ELEMENT, segment);
  }

  /** Functions for {@code table.init}: a segment that nobody puts into the table. */
  public WasmBuilder passiveElements(int... functionIndices) {
    WasmBytes segment = new WasmBytes().bytes(1, 0).u32(functionIndices.length);
    for (int function : functionIndices) {
      segment.u32(function);
    }
    return entry(ELEMENT, segment);
  }

  /** Bytes for {@code memory.init}; with the data count that it needs, so call it once. */
  public WasmBuilder passiveData(byte[] content) {
    section(DATA_COUNT, new WasmBytes().u32(1).toBytes());
    return entry(DATA, new WasmBytes().bytes(1).vector(content));
  }

  /** Puts bytes into memory at an address. */
  public WasmBuilder data(int address, byte[] content) {
    return entry(DATA, new WasmBytes().bytes(0, 0x41).s64(address).bytes(0x0b).vector(content));
  }

  /** A custom section, written after all others. */
  public WasmBuilder custom(String name, byte[] content) {
    customs.section(CUSTOM, new WasmBytes().name(name).append(content).toBytes());
    return this;
  }

  /** Writes a whole section as it is, in place of what the other methods collected for it. */
  public WasmBuilder section(int id, byte[] content) {
    whole.put(id, content);
    return this;
  }

  WasmBuilder entry(int section, WasmBytes content) {
    entries.computeIfAbsent(section, id -> new ArrayList<>()).add(content.toBytes());
    return this;
  }

  /** The module. */
  public byte[] build() {
    WasmBytes module = new WasmBytes().append(PREAMBLE);
    for (int id : ORDER) {
      byte[] content = whole.get(id);
      if (content == null && entries.containsKey(id)) {
        content = vectorOf(entries.getOrDefault(id, List.of()));
      }
      if (content != null) {
        module.section(id, content);
      }
    }
    return module.append(customs.toBytes()).toBytes();
  }

  private static byte[] vectorOf(List<byte[]> contents) {
    WasmBytes vector = new WasmBytes().u32(contents.size());
    contents.forEach(vector::append);
    return vector.toBytes();
  }
}
