package dev.limpet.protocol.accesslog;

import java.util.List;

/** Finds lines of an access log, in which those of several connections have no order. */
public final class LogLines {
  private LogLines() {}

  /** The first line of a path: each connection writes when its answer is out. */
  public static String ofPath(List<String> lines, String path) {
    return lines.stream()
        .filter(line -> line.contains("\"path\":\"" + path + "\""))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is not in " + lines));
  }
}
