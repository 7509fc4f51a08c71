package dev.limpet.node;

import dev.limpet.testkit.wire.WireAnswer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In which aspects that the specifications rule two answers differ. */
final class ComparedAnswers {
  private static final List<String> HEADERS =
      List.of(
          "Content-Type",
          "Content-Disposition",
          "Content-Range",
          "Content-Location",
          "Accept-Ranges",
          "Cache-Control",
          "Etag",
          "Location",
          "X-Ipfs-Path",
          "X-Ipfs-Roots",
          "Access-Control-Allow-Origin",
          "Access-Control-Allow-Methods",
          "Access-Control-Allow-Headers",
          "Access-Control-Expose-Headers");

  private static final Pattern LINK = Pattern.compile("href=\"(/ipfs/[^\"]*)\"");

  private ComparedAnswers() {}

  /** The aspects: {@code status}, the name of a header, or {@code body}. */
  static List<String> differences(GatewayQuestion question, WireAnswer kubo, WireAnswer ours) {
    List<String> found = new ArrayList<>();
    if (kubo.status() != ours.status()) {
      found.add("status");
      return found;
    }
    for (String name : ruled(kubo.status())) {
      if (!header(kubo, name).equals(header(ours, name))) {
        found.add(name);
      }
    }
    if (kubo.cut() != ours.cut()) {
      found.add("cut");
    } else if (kubo.status() < 300 && !question.method().equals("OPTIONS")) {
      if (!sameBody(kubo, ours)) {
        found.add("body");
      }
    }
    return found;
  }

  private static List<String> ruled(int status) {
    return switch (status) {
      case 301 -> List.of("Location");
      case 304 -> List.of("Etag", "Cache-Control");
      default -> status >= 400 ? List.of("Content-Range") : HEADERS;
    };
  }

  private static String header(WireAnswer answer, String name) {
    String value = String.join(",", answer.head().headers(name)).replace(", ", ",");
    boolean negotiated = name.equals("Etag") && (value.contains(".car") || value.contains("Index"));
    if (negotiated) { // opaque: what matters is that it is there, and whether it is weak
      return value.startsWith("W/") ? "weak" : "strong";
    }
    if (name.equals("Access-Control-Expose-Headers")) { // Kubo 0.43.0 is older than IPIP-548
      return value.replace(",Ipfs-Uri", "");
    }
    return name.equals("Content-Type") ? value.replace("; ", ";") : value;
  }

  private static boolean sameBody(WireAnswer kubo, WireAnswer ours) {
    String type = kubo.header("Content-Type");
    if (type.equals("application/x-tar")) {
      return entries(kubo).equals(entries(ours));
    }
    if (kubo.header("Etag").contains("Index")) {
      return links(kubo.text()).equals(links(ours.text()));
    }
    return Arrays.equals(kubo.bytes(), ours.bytes());
  }

  /** Of a sharded directory others send the entries in the order of their hashes. */
  private static List<String> entries(WireAnswer tar) {
    return TarListing.of(tar.bytes()).stream().sorted().toList();
  }

  private static TreeSet<String> links(String html) {
    TreeSet<String> links = new TreeSet<>();
    Matcher matcher = LINK.matcher(html);
    while (matcher.find()) {
      links.add(matcher.group(1).replace("&amp;", "&").replace("&#43;", "+"));
    }
    return links;
  }
}
