package dev.limpet.node.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.List;

/**
 * Lets pages of any origin read data that anybody may read (Fetch standard, CORS protocol). They
 * get what everybody gets: credentials are never allowed, and nothing but data has these headers.
 */
final class PublicPages {
  private static final List<Header> HEADERS =
      List.of(
          header("Access-Control-Allow-Origin", "*"),
          header("Access-Control-Allow-Methods", "GET", "HEAD", "OPTIONS"),
          header(
              "Access-Control-Allow-Headers",
              "Content-Type",
              "Range",
              "User-Agent",
              "X-Requested-With"),
          header(
              "Access-Control-Expose-Headers",
              "Content-Length",
              "Content-Range",
              "Ipfs-Uri",
              "X-Chunked-Output",
              "X-Ipfs-Path",
              "X-Ipfs-Roots",
              "X-Stream-Output"));

  private PublicPages() {}

  private static Header header(String name, String... values) {
    return HeaderValues.create(HeaderNames.create(name), true, false, values);
  }

  static void allow(Exchange exchange) {
    HEADERS.forEach(exchange::set);
  }
}
