package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The lines of a pin file: ASCII, each {@code CRC-32C SP change LF}, where a change is {@code + CID
 * TIME NAME KIND SIZE DAGSIZE} (name percent-encoded, maybe empty) or {@code - CID}. The first line
 * names the format; in files of the first one a pin ends with its name, and is recursive.
 */
final class PinJournal {
  static final String FIRST_LINE = line("limpet-pins 2");
  private static final String OLD_FIRST_LINE = line("limpet-pins 1");

  /** CRC, CID, time and a name of which each byte takes three characters. */
  static final int MAX_LINE_BYTES = 4096;

  private static final int CRC_CHARS = 8;

  private PinJournal() {}

  static String pinned(Pin pin) {
    String name = URLEncoder.encode(pin.name(), StandardCharsets.UTF_8);
    String sizes = " " + pin.size() + " " + pin.dagSize();
    return line(
        "+ " + pin.root() + " " + pin.since() + " " + name + " " + pin.kind().text() + sizes);
  }

  /** Whether a line, with its LF, begins a pin file of this or the older form. */
  static boolean isFirst(String line) {
    return line.equals(FIRST_LINE) || isOld(line);
  }

  /** Whether a line, with its LF, begins a pin file that is to be written anew. */
  static boolean isOld(String line) {
    return line.equals(OLD_FIRST_LINE);
  }

  static String unpinned(Cid root) {
    return line("- " + root);
  }

  private static String line(String change) {
    return crc(change) + " " + change + "\n";
  }

  private static String crc(String change) {
    CRC32C crc = new CRC32C();
    crc.update(change.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /**
   * Applies one line.
   *
   * @param line without its LF
   * @param pins by root of version 1
   * @throws IllegalArgumentException when the line is damaged
   */
  static void apply(String line, Map<Cid, Pin> pins) {
    String change = line.substring(Math.min(line.length(), CRC_CHARS + 1));
    if (!line.equals(crc(change) + " " + change)) {
      throw new IllegalArgumentException("its checksum is wrong");
    }
    String[] words = change.split(" ", -1);
    if (words[0].equals("+") && (words.length == 4 || words.length == 7)) {
      Pin pin = pin(words);
      pins.put(pin.root().toV1(), pin);
    } else if (words[0].equals("-") && words.length == 2) {
      pins.remove(Cid.parse(words[1]).toV1());
    } else {
      throw new IllegalArgumentException("it is no change that this version knows");
    }
  }

  private static Pin pin(String[] words) {
    Pin pin = new Pin(Cid.parse(words[1]), decoded(words[3]), time(words[2]));
    if (words.length == 4) {
      return pin;
    }
    return new Pin(
        pin.root(),
        pin.name(),
        pin.since(),
        PinKind.of(words[4]),
        Long.parseLong(words[5]),
        Long.parseLong(words[6]));
  }

  private static String decoded(String name) {
    return URLDecoder.decode(name, StandardCharsets.UTF_8);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("its time is no time", e);
    }
  }
}
