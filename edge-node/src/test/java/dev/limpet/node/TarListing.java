package dev.limpet.node;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What is in a tar file: kind, name, size and bytes of each entry; not when it was made. */
final class TarListing {
  private static final int RECORD = 512;

  private TarListing() {}

  static List<String> of(byte[] tar) {
    List<String> entries = new ArrayList<>();
    String name = "";
    for (int at = 0; at + RECORD <= tar.length && tar[at] != 0; ) {
      int size = Integer.parseInt(text(tar, at + 124, 12).strip(), 8);
      char kind = (char) tar[at + 156];
      String content = text(tar, at + RECORD, size);
      if (kind == 'x') {
        name = content.replaceAll("(?s).*[0-9]+ path=([^\n]*)\n.*", "$1");
      } else {
        String shown = name.isEmpty() ? text(tar, at, 100) : name;
        entries.add(
            kind
                + " "
                + shown
                + " "
                + size
                + " "
                + text(tar, at + 157, 100)
                + " "
                + content.hashCode());
        name = "";
      }
      at += RECORD + (size + RECORD - 1) / RECORD * RECORD;
    }
    return entries;
  }

  private static String text(byte[] tar, int at, int length) {
    int end = Math.min(tar.length, at + length);
    String all = new String(tar, at, end - at, StandardCharsets.UTF_8);
    int nul = length == 100 || length == 12 ? all.indexOf('\0') : -1;
    return nul < 0 ? all : all.substring(0, nul);
  }
}
