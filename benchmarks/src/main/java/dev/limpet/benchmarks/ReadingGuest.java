package dev.limpet.benchmarks;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * A command in wasm that reads {@code /data}, a file, to its end, and traps when that is not {@link
 * #FILE_BYTES} away. It looks at no byte, so that reading is all that it costs.
 *
 * <p>Its memory: the path at 8, the one buffer that is asked for (address and length) at 16, how
 * much came at 24, the descriptor at 28, what was read from 1024 on.
 */
final class ReadingGuest {
  static final int FILE_BYTES = 64 << 20;

  private static final String HEAD = "0061736d 01000000";

  /** Of path_open, of fd_read, of _start. */
  private static final String TYPES = "03 6009 7f7f7f7f7f7e7e7f7f 017f 6004 7f7f7f7f 017f 600000";

  private static final String WASI = "16 776173695f736e617073686f745f7072657669657731";
  private static final String IMPORTS =
      "02" + WASI + "09 706174685f6f70656e 00 00" + WASI + "07 66645f72656164 00 01";

  /** Two pages. */
  private static final String MEMORY = "01 00 02";

  /** As memory, as _start. */
  private static final String EXPORTS = "02 06 6d656d6f7279 02 00 06 5f7374617274 00 02";

  /** What a host function that fails leads to: if, unreachable, end. */
  private static final String OR_TRAP = "04 40 00 0b";

  /** Opens the path in the first folder, 3, to be read, and puts the descriptor at 28. */
  private static final String OPEN = "4103 4100 4108 4101 4100 4226 4200 4100 411c 1000" + OR_TRAP;

  /** A block and a loop in it: reads, ends the block after 0 bytes, adds up in local 0. */
  private static final String READ =
      "0240 0340 411c 280200 4110 4101 4118 1001"
          + OR_TRAP
          + "4118 280200 2201 45 0d01 2000 2001 6a 2100 0c00 0b 0b";

  /** Compares with 64 MiB. */
  private static final String COMPARE = "2000 4180808020 47" + OR_TRAP;

  /** Two locals, the instructions, end. */
  private static final String START = "01 02 7f" + OPEN + READ + COMPARE + "0b";

  /** A dot at 8; 1024 and 65536 at 16. */
  private static final String DATA = "02 00 4108 0b 01 2e 00 4110 0b 08 00040000 00000100";

  private ReadingGuest() {}

  /** The module. */
  static byte[] module() {
    ByteArrayOutputStream module = new ByteArrayOutputStream();
    module.writeBytes(bytes(HEAD));
    section(module, 1, bytes(TYPES));
    section(module, 2, bytes(IMPORTS));
    section(module, 3, bytes("01 02"));
    section(module, 5, bytes(MEMORY));
    section(module, 7, bytes(EXPORTS));
    section(module, 10, bytes("01" + sized(START)));
    section(module, 11, bytes(DATA));
    return module.toByteArray();
  }

  private static String sized(String hex) {
    return HexFormat.of().toHexDigits((byte) bytes(hex).length) + hex;
  }

  /** All lengths here are below 128, which is one byte. */
  private static void section(ByteArrayOutputStream module, int id, byte[] content) {
    module.write(id);
    module.write(content.length);
    module.writeBytes(content);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
