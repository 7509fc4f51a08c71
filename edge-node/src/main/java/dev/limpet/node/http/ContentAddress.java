package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.HeadLines.LineName;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.PercentText;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderName;
import org.jspecify.annotations.Nullable;

/**
 * The address of what is asked for, as an answer says it (path gateway specification, IPIP-548):
 * {@code Ipfs-Uri} has one spelling of each address, however the request spelled it, and {@code
 * X-Ipfs-Path} the older plain form, which is left out where a header cannot hold it.
 */
final class ContentAddress {
  private static final LineName URI_LINE = new LineName("Ipfs-Uri");
  private static final LineName PATH_LINE = new LineName("X-Ipfs-Path");

  /** With it goes all that was set with it. */
  static final HeaderName URI = URI_LINE.header();

  static final HeaderName PATH = PATH_LINE.header();

  /** What a URI says as it is besides letters and digits (RFC 3986, section 2.3). */
  private static final String UNRESERVED = "-._~";

  private ContentAddress() {}

  /** Says both; what more is said of the place may be added, until the answer is sent. */
  static HeadLines setOn(Exchange exchange, RequestTarget.Content target) {
    HeadLines lines = new HeadLines(URI_LINE, uri(target));
    String plain = plain(target);
    if (plain != null) {
      lines.text(PATH_LINE, plain);
    }
    exchange.set(lines);
    return lines;
  }

  /** The address as a URI; parameters of the query are no part of it. */
  static String uri(RequestTarget.Content target) {
    return "ipfs://" + place(target.data()) + end(target);
  }

  /** The path with its names as they are; null when a header cannot hold it. */
  static @Nullable String plain(RequestTarget.Content target) {
    String plain = "/ipfs/" + target.data() + end(target);
    return fitsHeader(plain) ? plain : null;
  }

  private static String end(RequestTarget.Content target) {
    return target.directory() ? "/" : "";
  }

  /** The CID in base32 and version 1, and each name with all that could mean something encoded. */
  private static String place(DataRef data) {
    Cid root = data.root().toV1();
    if (data.path().isEmpty()) {
      return root.toString();
    }
    StringBuilder out = new StringBuilder(root.toString());
    for (String name : data.path()) {
      out.append('/').append(PercentText.encode(name, UNRESERVED));
    }
    return out.toString();
  }

  /**
   * A field is visible ASCII and spaces, which at its end would be lost (RFC 9110, section 5.5).
   */
  private static boolean fitsHeader(String plain) {
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return !plain.endsWith(" ");
  }
}
