package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagJson;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.HtmlText;
import java.util.HexFormat;
import java.util.Map;

/**
 * A document of dag-cbor or dag-json as a page for people: its maps and lists within each other,
 * its links to follow. Nesting is bounded by the codecs; what makes the page too long is left out.
 */
final class DocumentHtml {
  /** Characters of one page; a document of more is shown up to there. */
  static final int MAX_PAGE_CHARS = 1 << 20;

  private static final int SHOWN_BYTES = 256;

  private final DataRef place;
  private final StringBuilder out = new StringBuilder(1 << 12);
  private boolean cut;

  /** For the document at a path. */
  DocumentHtml(DataRef place) {
    this.place = place;
  }

  /** The page. */
  String page(Cid cid, byte[] block) {
    String path = "/ipfs/" + place.toEncoded();
    String codec = Multicodec.name(cid.codec());
    out.append(Html.head("/ipfs/" + place));
    out.append("<h1>").append(HtmlText.escaped("/ipfs/" + place)).append("</h1>\n<p>");
    out.append(codec).append(", ").append(block.length).append(" bytes: ");
    out.append(Html.link(path + "?format=" + codec, "as it is")).append(", ");
    out.append(Html.link(path + "?format=raw", "the block")).append("</p>\n");
    value(cid.codec() == Multicodec.DAG_CBOR ? DagCbor.decode(block) : DagJson.decode(block));
    out.append(cut ? "\n<p>The rest is not shown.</p>\n" : "\n");
    out.append("<footer>").append(cid).append("</footer>\n</body>\n</html>\n");
    return out.toString();
  }

  private void value(Ipld value) {
    switch (value) {
      case Ipld.MapNode map -> map(map);
      case Ipld.ListNode list -> list(list);
      case Ipld.LinkNode link ->
          out.append(Html.link("/ipfs/" + link.cid(), link.cid().toString()));
      case Ipld.Text text -> text("\"" + text.value() + "\"");
      case Ipld.Bytes bytes -> bytes(bytes.value());
      case Ipld.Null _ -> out.append("null");
      case Ipld.Bool bool -> out.append(bool.value());
      case Ipld.Float number -> out.append(number.value());
      case Ipld.Int number -> out.append(number.value());
      case Ipld.BigInt number -> out.append(number.value());
    }
  }

  private boolean full() {
    cut |= out.length() > MAX_PAGE_CHARS;
    return cut;
  }

  private void text(String text) {
    int room = Math.max(0, MAX_PAGE_CHARS - out.length());
    cut |= text.length() > room;
    out.append(HtmlText.escaped(text.substring(0, Math.min(room, text.length()))));
  }

  private void map(Ipld.MapNode map) {
    out.append("<dl>");
    for (Map.Entry<String, Ipld> entry : map.entries().entrySet()) {
      if (full()) {
        break;
      }
      out.append("<dt>");
      text(entry.getKey());
      out.append("</dt><dd>");
      value(entry.getValue());
      out.append("</dd>\n");
    }
    out.append("</dl>");
  }

  private void list(Ipld.ListNode list) {
    out.append("<ol start=\"0\">");
    for (Ipld item : list.items()) {
      if (full()) {
        break;
      }
      out.append("<li>");
      value(item);
      out.append("</li>\n");
    }
    out.append("</ol>");
  }

  private void bytes(byte[] bytes) {
    int shown = Math.min(bytes.length, SHOWN_BYTES);
    out.append("<code>").append(HexFormat.of().formatHex(bytes, 0, shown)).append("</code>");
    if (shown < bytes.length) {
      out.append(" and ").append(bytes.length - shown).append(" more bytes");
    }
  }
}
