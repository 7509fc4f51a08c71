package dev.limpet.node.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a tar file (POSIX ustar; what does not fit its fields is in a pax header before it). */
final class TarFile {
  private static final int RECORD = 512;
  private static final int NAME_BYTES = 100;
  private static final long LARGEST_OCTAL_SIZE = 0_77777777777L;

  private final OutputStream out;

  TarFile(OutputStream out) {
    this.out = out;
  }

  /** What an entry is. */
  enum Kind {
    FILE('0', 0644),
    SYMLINK('2', 0777),
    DIRECTORY('5', 0755),
    PAX('x', 0644);

    private final char flag;
    private final int mode;

    Kind(char flag, int mode) {
      this.flag = flag;
      this.mode = mode;
    }
  }

  /**
   * The head of an entry.
   *
   * @param kind what it is
   * @param name its path
   * @param target of a symbolic link, else empty
   * @param size of its content
   * @param meta permissions and time
   */
  record Head(Kind kind, String name, String target, long size, Meta meta) {}

  /**
   * What a file system adds.
   *
   * @param mode permissions, or negative for usual ones
   * @param mtime in seconds since 1970
   */
  record Meta(int mode, long mtime) {}

  /** Writes a head; content of {@code size} bytes and {@link #pad} must follow. */
  void head(Head head) throws IOException {
    ByteArrayOutputStream pax = new ByteArrayOutputStream();
    if (!fits(head.name)) {
      record(pax, "path", head.name);
    }
    if (!fits(head.target)) {
      record(pax, "linkpath", head.target);
    }
    if (head.size > LARGEST_OCTAL_SIZE) {
      record(pax, "size", Long.toString(head.size));
    }
    if (pax.size() > 0) {
      Meta plain = new Meta(-1, 0);
      ustar(new Head(Kind.PAX, "PaxHeaders/entry", "", pax.size(), plain));
      pax.writeTo(out);
      pad(pax.size());
    }
    ustar(head);
  }

  private static boolean fits(String text) {
    return text.length() <= NAME_BYTES && text.chars().allMatch(c -> c > 0 && c < 0x80);
  }

  /** A record begins with its own length. */
  private static void record(ByteArrayOutputStream pax, String key, String value) {
    byte[] rest = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8);
    int length = rest.length + 1;
    while (Integer.toString(length).length() + rest.length != length) {
      length = Integer.toString(length).length() + rest.length;
    }
    pax.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
    pax.writeBytes(rest);
  }

  private void ustar(Head head) throws IOException {
    byte[] block = new byte[RECORD];
    int mode = head.meta.mode < 0 ? head.kind.mode : head.meta.mode & 07777;
    text(block, 0, NAME_BYTES, head.name);
    octal(block, 100, 8, mode);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, head.size > LARGEST_OCTAL_SIZE ? 0 : head.size);
    octal(block, 136, 12, Math.clamp(head.meta.mtime, 0, LARGEST_OCTAL_SIZE));
    block[156] = (byte) head.kind.flag;
    text(block, 157, NAME_BYTES, head.target);
    text(block, 257, 8, "ustar\0" + "00");
    octal(block, 329, 8, 0);
    octal(block, 337, 8, 0);
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    out.write(block);
  }

  private static void text(byte[] block, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, Math.min(length, bytes.length));
  }

  /** Digits up to a NUL at the end of the field. */
  private static void octal(byte[] block, int at, int length, long value) {
    long rest = value;
    for (int i = at + length - 2; i >= at; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
    block[at + length - 1] = 0;
  }

  /** Fills up behind content of that size. */
  void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & (RECORD - 1))]);
  }

  /** Writes the end. */
  void end() throws IOException {
    out.write(new byte[2 * RECORD]);
  }
}
