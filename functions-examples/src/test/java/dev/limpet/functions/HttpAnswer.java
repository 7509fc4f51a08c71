package dev.limpet.functions;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;

/**
 * What a function of the kind {@code http} wrote: header lines, an empty line, a body.
 *
 * @param head header lines without {@code Status}
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record HttpAnswer(int status, List<String> head, byte[] body) {

  private static final String STATUS = "Status: ";
  private static final String END = "\n\n";

  static HttpAnswer of(byte[] output) {
    String text = new String(output, ISO_8859_1);
    int end = text.indexOf(END);
    if (end < 0) {
      throw new AssertionError("no empty line after the header lines: " + text);
    }
    List<String> lines = text.substring(0, end).lines().toList();
    int status =
        lines.stream()
            .filter(line -> line.startsWith(STATUS))
            .map(line -> line.substring(STATUS.length(), STATUS.length() + 3))
            .mapToInt(Integer::parseInt)
            .findFirst()
            .orElse(200);
    return new HttpAnswer(
        status,
        lines.stream().filter(line -> !line.startsWith(STATUS)).toList(),
        Arrays.copyOfRange(output, end + END.length(), output.length));
  }
}
