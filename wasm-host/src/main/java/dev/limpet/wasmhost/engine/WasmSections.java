package dev.limpet.wasmhost.engine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a module that the gate has admitted, section by section, before the engine sees it.
 *
 * <p>Format: WebAssembly core specification 2.0, section 5.5. Lengths and counts are unsigned
 * LEB128 of up to 32 bits; sections stand in the order of {@link #ORDER}, custom ones anywhere.
 */
final class WasmSections {

  private static final int HEADER_BYTES = 8;
  private static final int CUSTOM = 0;
  private static final int TYPE = 1;
  private static final int IMPORT = 2;
  private static final int FUNCTION = 3;
  private static final int MEMORY = 5;
  private static final int START = 8;
  private static final int CODE = 10;

  /** Section ids in the order in which they stand: the data count comes before the code. */
  private static final int[] ORDER = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

  /** One memory of no pages that cannot grow. */
  private static final byte[] NO_MEMORY = {1, 1, 0, 0};

  /** A body without locals that is {@code unreachable}, with its length in front. */
  private static final byte[] EMPTY_BODY = {3, 0, 0x00, 0x0B};

  private final byte[] wasm;
  private final ByteArrayOutputStream out;
  private int position = HEADER_BYTES;

  private WasmSections(byte[] wasm) {
    this.wasm = wasm;
    this.out = new ByteArrayOutputStream(wasm.length + 16);
    out.write(wasm, 0, HEADER_BYTES);
  }

  /**
   * The module with an empty memory when it has none: fuel and depth live in the memory object that
   * every function then gets.
   */
  static byte[] withMemory(byte[] wasm) {
    WasmSections sections = new WasmSections(wasm);
    boolean done = false;
    while (sections.position < wasm.length) {
      int start = sections.position;
      int id = wasm[sections.position++];
      int end = sections.endOfSection();
      if (id == MEMORY) {
        return wasm;
      }
      if (!done && id != CUSTOM && rank(id) > rank(MEMORY)) {
        sections.section(MEMORY, NO_MEMORY);
        done = true;
      }
      sections.out.write(wasm, start, end - start);
      sections.position = end;
    }
    if (!done) {
      sections.section(MEMORY, NO_MEMORY);
    }
    return sections.out.toByteArray();
  }

  /**
   * The module without what compiled code makes superfluous: function bodies are empty, custom
   * sections are gone. It still says everything about imports, exports, memory, tables and data.
   */
  static byte[] stripped(byte[] wasm) {
    WasmSections sections = new WasmSections(wasm);
    while (sections.position < wasm.length) {
      int start = sections.position;
      int id = wasm[sections.position++];
      int end = sections.endOfSection();
      if (id == CODE) {
        sections.section(CODE, sections.emptyBodies());
      } else if (id != CUSTOM) {
        sections.out.write(wasm, start, end - start);
      }
      sections.position = end;
    }
    return sections.out.toByteArray();
  }

  /** The module without its start function. */
  static byte[] withoutStart(byte[] wasm) {
    WasmSections sections = new WasmSections(wasm);
    while (sections.position < wasm.length) {
      int start = sections.position;
      int id = wasm[sections.position++];
      int end = sections.endOfSection();
      if (id != START) {
        sections.out.write(wasm, start, end - start);
      }
      sections.position = end;
    }
    return sections.out.toByteArray();
  }

  /** Types and imports, and nothing else: what is needed to bind the imports. */
  static byte[] importsAlone(byte[] wasm) {
    WasmSections sections = new WasmSections(wasm);
    @Nullable Place[] places = sections.places();
    sections.copy(TYPE, places);
    sections.copy(IMPORT, places);
    return sections.out.toByteArray();
  }

  /**
   * A module of {@link #stripped} with functions of its own, of the same types and numbers, where
   * it imports some: the engine binds imports anew for each instance, and takes long for it. It
   * imports nothing but functions.
   */
  static byte[] importsDefined(byte[] wasm) {
    WasmSections sections = new WasmSections(wasm);
    @Nullable Place[] places = sections.places();
    List<Integer> types = sections.importedTypes(places[IMPORT]);
    if (types.isEmpty()) {
      return wasm;
    }
    ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    types.forEach(type -> writeUnsigned(numbers, type));
    for (int id : ORDER) {
      switch (id) {
        case IMPORT -> {}
        case FUNCTION -> sections.longer(id, places[id], types.size(), numbers.toByteArray());
        case CODE -> sections.longer(id, places[id], types.size(), bodies(types.size()));
        default -> sections.copy(id, places);
      }
    }
    return sections.out.toByteArray();
  }

  /** Where the content of a section is. */
  private record Place(int start, int end) {}

  /** Of all sections but custom ones, by id. */
  private @Nullable Place[] places() {
    @Nullable Place[] places = new @Nullable Place[ORDER.length + 1];
    while (position < wasm.length) {
      int id = wasm[position++];
      int end = endOfSection();
      if (id != CUSTOM) {
        places[id] = new Place(position, end);
      }
      position = end;
    }
    return places;
  }

  private void copy(int id, @Nullable Place[] places) {
    Place place = places[id];
    if (place != null) {
      section(id, Arrays.copyOfRange(wasm, place.start, place.end));
    }
  }

  private List<Integer> importedTypes(@Nullable Place imports) {
    List<Integer> types = new ArrayList<>();
    if (imports != null) {
      position = imports.start;
      for (int rest = unsigned(); rest > 0; rest--) {
        skipName();
        skipName();
        if (wasm[position++] != 0) {
          throw new IllegalArgumentException("an import that is no function");
        }
        types.add(unsigned());
      }
    }
    return types;
  }

  private void skipName() {
    int length = unsigned();
    position += length;
  }

  /** Writes a vector with more in front, which is there now if it was not. */
  private void longer(int id, @Nullable Place place, int count, byte[] more) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int before = 0;
    if (place != null) {
      position = place.start;
      before = unsigned();
    }
    writeUnsigned(content, before + count);
    content.writeBytes(more);
    if (place != null) {
      content.write(wasm, position, place.end - position);
    }
    section(id, content.toByteArray());
  }

  private byte[] emptyBodies() {
    int count = unsigned();
    ByteArrayOutputStream vector = new ByteArrayOutputStream(count * EMPTY_BODY.length + 5);
    writeUnsigned(vector, count);
    vector.writeBytes(bodies(count));
    return vector.toByteArray();
  }

  private static byte[] bodies(int count) {
    ByteArrayOutputStream bodies = new ByteArrayOutputStream(count * EMPTY_BODY.length);
    for (int i = 0; i < count; i++) {
      bodies.writeBytes(EMPTY_BODY);
    }
    return bodies.toByteArray();
  }

  private static int rank(int id) {
    for (int i = 0; i < ORDER.length; i++) {
      if (ORDER[i] == id) {
        return i;
      }
    }
    throw new IllegalArgumentException("no section has the id " + id);
  }

  /** Reads the length of a section and says where its end is. */
  private int endOfSection() {
    int length = unsigned();
    if (length < 0 || length > wasm.length - position) {
      throw new IllegalArgumentException("a section ends beyond the module");
    }
    return position + length;
  }

  private int unsigned() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = wasm[position++];
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number longer than five bytes");
  }

  private void section(int id, byte[] content) {
    out.write(id);
    writeUnsigned(out, content.length);
    out.writeBytes(content);
  }

  private static void writeUnsigned(ByteArrayOutputStream to, int value) {
    byte[] bytes = new byte[5];
    int length = 0;
    int rest = value;
    do {
      int low = rest & 0x7F;
      rest >>>= 7;
      bytes[length++] = (byte) (rest == 0 ? low : low | 0x80);
    } while (rest != 0);
    to.writeBytes(Arrays.copyOf(bytes, length));
  }
}
