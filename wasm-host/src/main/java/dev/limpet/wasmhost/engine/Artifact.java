package dev.limpet.wasmhost.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What compiling a module makes: the module without its function bodies, and the classes that
 * replace them, by their binary names, meters included; and which functions stay too large.
 */
public final class Artifact {

  /** Classes of one module: one for each 12 288 functions, a few for dispatch. */
  static final int MAX_CLASSES = 4096;

  /** Bytes of one class, or of the module: an array of a code artifact, far above what is seen. */
  static final int MAX_PART_BYTES = 256 << 20;

  /** Functions named as too large: more help nobody who builds a module. */
  static final int MAX_LARGE_FUNCTIONS = 100;

  private static final int MAGIC = 0x4C4D5033; // "LMP3"

  private final byte[] module;
  private final Map<String, byte[]> classes;
  private final Functions functions;

  /**
   * What else is known of the functions.
   *
   * @param split whether some of them are split
   * @param large those that stay too large for the JVM's compilers: with loops first
   */
  record Functions(boolean split, List<LargeFunction> large) {

    /** Keeps those with loops, and the largest. */
    Functions {
      large =
          large.stream()
              .sorted(
                  Comparator.comparing((LargeFunction one) -> !one.loop())
                      .thenComparingInt(one -> -one.bytes())
                      .thenComparingInt(LargeFunction::function))
              .limit(MAX_LARGE_FUNCTIONS)
              .toList();
    }
  }

  Artifact(byte[] module, Map<String, byte[]> classes, Functions functions) {
    this.module = module;
    this.classes = classes;
    this.functions = functions;
  }

  /** The stripped module. Not a copy. */
  byte[] module() {
    return module;
  }

  /** Class files by binary name. Not copies. */
  Map<String, byte[]> classes() {
    return classes;
  }

  /** Functions that stay too large: those with loops first, then the largest. */
  List<LargeFunction> large() {
    return functions.large();
  }

  /** Whether functions are split, so that guests need {@link PartExits}. */
  boolean isSplit() {
    return functions.split();
  }

  /** Bytes of all class files. */
  long classBytes() {
    return classes.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  /** All of it as bytes, the same for equal modules. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) classBytes() + module.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(module.length);
      out.write(module);
      out.writeInt(classes.size());
      for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeInt(entry.getValue().length);
        out.write(entry.getValue());
      }
      out.writeBoolean(functions.split());
      out.writeInt(functions.large().size());
      for (LargeFunction one : functions.large()) {
        out.writeInt(one.function());
        out.writeInt(one.bytes());
        out.writeBoolean(one.loop());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return bytes.toByteArray();
  }

  /**
   * What another process says that it made of a module: trusted in nothing but that it is some
   * harmless code for it. The module is cut here, and what comes with the code must equal it.
   *
   * @throws CompilerFailedException when it is not that
   */
  public static Artifact received(byte[] bytes, byte[] wasm) {
    Artifact artifact = decode(bytes);
    if (artifact == null) {
      throw new CompilerFailedException("the compiler sent code that does not parse");
    }
    byte[] module = WasmSections.stripped(WasmSections.withMemory(wasm));
    if (!Arrays.equals(artifact.module, module)) {
      throw new CompilerFailedException("the compiler sent code of another module");
    }
    try {
      artifact.classes.forEach(ClassScan::check);
    } catch (ClassScan.Forbidden e) {
      throw new CompilerFailedException("the compiler sent code that is not let in", e);
    }
    return artifact;
  }

  /** The artifact that these bytes are, or null when they are none. */
  static @Nullable Artifact decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        return null;
      }
      byte[] module = part(in);
      int count = in.readInt();
      if (count < 1 || count > MAX_CLASSES) {
        return null;
      }
      Map<String, byte[]> classes = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        classes.put(name, part(in));
      }
      Functions functions = new Functions(in.readBoolean(), large(in));
      return in.read() == -1 ? new Artifact(module, classes, functions) : null;
    } catch (EOFException | java.io.UTFDataFormatException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from an array", e);
    }
  }

  private static List<LargeFunction> large(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MAX_LARGE_FUNCTIONS) {
      throw new EOFException(count + " large functions");
    }
    List<LargeFunction> large = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      large.add(new LargeFunction(in.readInt(), in.readInt(), in.readBoolean()));
    }
    return large;
  }

  private static byte[] part(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_PART_BYTES || length > in.available()) {
      throw new EOFException("a part of " + length + " bytes");
    }
    return Objects.requireNonNull(in.readNBytes(length));
  }
}
