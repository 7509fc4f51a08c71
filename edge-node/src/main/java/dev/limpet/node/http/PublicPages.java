package dev.limpet.node.http;

/**
 * Lets pages of any origin read data that anybody may read (Fetch standard, CORS protocol). They
 * get what everybody gets: credentials are never allowed, and nothing but data has these headers.
 */
final class PublicPages {
  /** Each value has a line of its own, as with Kubo, and all lines are written at once. */
  private static final HeadLines LINES = lines();

  private PublicPages() {}

  private static HeadLines lines() {
    HeadLines lines = new HeadLines(new HeadLines.LineName("Access-Control-Allow-Origin"), "*");
    add(lines, "Access-Control-Allow-Methods", "GET", "HEAD", "OPTIONS");
    add(
        lines,
        "Access-Control-Allow-Headers",
        "Content-Type",
        "Range",
        "User-Agent",
        "X-Requested-With");
    add(
        lines,
        "Access-Control-Expose-Headers",
        "Content-Length",
        "Content-Range",
        "Ipfs-Uri",
        "X-Chunked-Output",
        "X-Ipfs-Path",
        "X-Ipfs-Roots",
        "X-Stream-Output");
    return lines.fixed();
  }

  private static void add(HeadLines lines, String name, String... values) {
    HeadLines.LineName line = new HeadLines.LineName(name);
    for (String value : values) {
      lines.text(line, value);
    }
  }

  static void allow(Exchange exchange) {
    exchange.set(LINES);
  }
}
