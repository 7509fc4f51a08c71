package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.HtmlText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A directory as a page for people: where it is, what is in it, how large that is, and a link to
 * the next page of many entries. It has no script and loads nothing. Names are a stranger's: each
 * is escaped, one too long is cut, and one that cannot stand in a path is no link.
 */
final class DirectoryHtml {
  /** Rows of one page; the next ones are a link away. */
  static final int MAX_ROWS = 1000;

  /** Longest name that is shown and linked whole: what file systems take, in bytes of UTF-8. */
  static final int MAX_SHOWN_NAME_BYTES = 1024;

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private final DataRef place;
  private final String base;
  private final StringBuilder out = new StringBuilder(1 << 14);

  /** For the directory at a path. */
  DirectoryHtml(DataRef place) {
    this.place = place;
    this.base = "/ipfs/" + place.toEncoded();
  }

  /**
   * The page.
   *
   * @param cid of the directory
   * @param next where the next page begins, or null
   */
  String page(Cid cid, DirectoryPage page, @Nullable String next) {
    out.append(Html.head("/ipfs/" + shown(place.toString())));
    out.append("<h1>Index of\n/ipfs/").append(crumbs()).append("</h1>\n");
    out.append(
        "<table>\n<thead><tr><th>Name</th><th>CID</th><th>Size</th></tr></thead>\n<tbody>\n");
    if (!place.path().isEmpty()) {
      row("<a href=\"" + HtmlText.escaped(base) + "/..\">..</a>", "", "");
    }
    page.entries().forEach(this::entry);
    out.append("</tbody>\n</table>\n");
    if (next != null) {
      out.append("<p><a rel=\"next\" href=\"?cursor=").append(query(next)).append("\">");
      out.append("More entries</a></p>\n");
    }
    out.append("<footer>").append(cid).append("</footer>\n</body>\n</html>\n");
    return out.toString();
  }

  private String crumbs() {
    List<String> links = new ArrayList<>();
    for (int names = 0; names <= place.path().size(); names++) {
      DataRef above = new DataRef(place.root(), place.path().subList(0, names));
      String name = names == 0 ? place.root().toString() : place.path().get(names - 1);
      links.add(Html.link("/ipfs/" + above.toEncoded(), shown(name)));
    }
    return String.join("/", links);
  }

  private void entry(DirectoryEntry entry) {
    String name = entry.name();
    boolean whole = name.getBytes(StandardCharsets.UTF_8).length <= MAX_SHOWN_NAME_BYTES;
    String text = HtmlText.escaped(shown(name));
    String cid = entry.cid().toString();
    row(
        whole && isSegment(name) ? Html.link(base + "/" + segment(name), name) : text,
        "<a class=\"ipfs-hash\" translate=\"no\" href=\"/ipfs/"
            + cid
            + (whole ? "?filename=" + filename(name) : "")
            + "\">"
            + cid.substring(0, 4)
            + "…"
            + cid.substring(cid.length() - 4)
            + "</a>",
        entry.tsize() < 0 ? "" : size(entry.tsize()));
  }

  private void row(String name, String hash, String size) {
    out.append("<tr><td>").append(name).append("</td><td>").append(hash);
    out.append("</td><td>").append(size).append("</td></tr>\n");
  }

  /** What a path can lead to. */
  private static boolean isSegment(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0;
  }

  private String segment(String name) {
    String encoded = new DataRef(place.root(), List.of(name)).toEncoded();
    return encoded.substring(encoded.indexOf('/') + 1);
  }

  /**
   * Percent-encoded twice, as Kubo writes it and tests of gateways expect it: a name in ASCII is
   * the same either way, and of another one the caller gets the encoded form as the file's name.
   */
  private static String filename(String name) {
    return query(Disposition.encoded(name));
  }

  /**
   * A value in a query, in which only letters, digits and four signs stand for themselves; digits
   * of bytes are small letters, as in Kubo's pages, with which these are compared.
   */
  private static String query(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && (Character.isLetterOrDigit(b) || "-_.~".indexOf(b) >= 0)) {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return out.toString();
  }

  private static String shown(String name) {
    return name.length() <= MAX_SHOWN_NAME_BYTES
        ? name
        : name.substring(0, MAX_SHOWN_NAME_BYTES) + "…";
  }

  private static String size(long bytes) {
    double rest = bytes;
    int unit = 0;
    while (rest >= 1024 && unit < UNITS.length - 1) {
      rest /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, rest < 10 ? "%.1f %s" : "%.0f %s", rest, UNITS[unit]);
  }
}
