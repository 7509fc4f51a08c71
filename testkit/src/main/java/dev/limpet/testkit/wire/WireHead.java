package dev.limpet.testkit.wire;

import java.util.List;
import java.util.Optional;

/**
 * The head of a message as it stood on the wire.
 *
 * @param startLine request line or status line
 * @param lines header lines in their order
 */
public record WireHead(String startLine, List<Line> lines) {
  /** One header line; the value without outer spaces. */
  public record Line(String name, String value) {}

  /** Keeps a copy. */
  public WireHead {
    lines = List.copyOf(lines);
  }

  /** The first value of a header, whatever its case. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** All values of a header, whatever its case. */
  public List<String> headers(String name) {
    return lines.stream()
        .filter(line -> line.name.equalsIgnoreCase(name))
        .map(Line::value)
        .toList();
  }

  /** The status of an answer. */
  public int status() {
    return Integer.parseInt(startLine.split(" ", 3)[1]);
  }

  /** The method of a request. */
  public String method() {
    return startLine.split(" ", 3)[0];
  }

  /** The raw target of a request. */
  public String target() {
    return startLine.split(" ", 3)[1];
  }

  /** Whether the body is in chunks. */
  public boolean isChunked() {
    return header("Transfer-Encoding").map(v -> v.equalsIgnoreCase("chunked")).orElse(false);
  }
}
