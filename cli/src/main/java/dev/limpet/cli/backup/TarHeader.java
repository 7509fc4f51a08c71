package dev.limpet.cli.backup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The head of a file in a tar archive, in the one form that backups have (POSIX.1-1988 ustar, plain
 * files only), so that any {@code tar} lists and unpacks them. Reading accepts that form and no
 * other.
 *
 * @param name at most three parts, each of letters, digits, {@code . _ -}, none hidden
 * @param size in bytes, less than 8 GiB
 */
record TarHeader(String name, long size) {
  /** Heads and contents are padded to blocks of this size. */
  static final int BLOCK_BYTES = 512;

  /** What eleven octal digits can say. */
  static final long MAX_FILE_BYTES = (1L << 33) - 1;

  private static final int MODE_AT = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_CHARS = 11;
  private static final int TIME_AT = 136;
  private static final int SUM_AT = 148;
  private static final int SUM_BYTES = 8;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;
  private static final int MAX_NAME_CHARS = 99;

  private static final Pattern NAME =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63}/){0,2}[A-Za-z0-9][A-Za-z0-9._-]{0,98}");

  private static final Pattern SIZE = Pattern.compile("[0-7]{11}");

  /** Checks name and size. */
  TarHeader {
    if (name.length() > MAX_NAME_CHARS || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a name that no backup has: '" + name + "'");
    }
    if (size < 0 || size > MAX_FILE_BYTES) {
      throw new IllegalArgumentException(name + " has " + size + " bytes, more than tar can say");
    }
  }

  /** Whether a file of this name can be in a backup. */
  static boolean isName(String name) {
    return name.length() <= MAX_NAME_CHARS && NAME.matcher(name).matches();
  }

  /** How many zeros follow the content. */
  int padding() {
    return (int) ((BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES);
  }

  /** The block before the content; files are their owner's alone, and have no time. */
  byte[] encode() {
    byte[] block = new byte[BLOCK_BYTES];
    put(block, 0, name);
    put(block, MODE_AT, "0000600\0" + "0000000\0" + "0000000\0");
    put(block, SIZE_AT, String.format(Locale.ROOT, "%0" + SIZE_CHARS + "o", size));
    put(block, TIME_AT, "00000000000");
    put(block, SUM_AT, " ".repeat(SUM_BYTES));
    put(block, TYPE_AT, "0");
    put(block, MAGIC_AT, "ustar\0" + "00");
    int sum = 0;
    for (byte b : block) {
      sum += b; // all ASCII
    }
    put(block, SUM_AT, String.format(Locale.ROOT, "%06o\0 ", sum));
    return block;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer.wrap(block).put(at, bytes);
  }

  /**
   * Reads a head.
   *
   * @throws IllegalArgumentException when it is not exactly as {@link #encode} writes it
   */
  static TarHeader decode(byte[] block) {
    String text = new String(block, StandardCharsets.ISO_8859_1);
    String name = text.substring(0, text.indexOf('\0', 0) < 0 ? 0 : text.indexOf('\0'));
    String size = text.substring(SIZE_AT, SIZE_AT + SIZE_CHARS);
    if (!SIZE.matcher(size).matches()) {
      throw new IllegalArgumentException("it is not in the form of a backup");
    }
    TarHeader header = new TarHeader(name, Long.parseLong(size, 8));
    if (!Arrays.equals(header.encode(), block)) {
      throw new IllegalArgumentException("the head of " + name + " was changed");
    }
    return header;
  }
}
