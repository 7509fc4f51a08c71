package dev.limpet.cli.evidence;

import dev.limpet.protocol.HtmlText;
import java.util.List;

/** Writes a page; every text is escaped. */
final class Html {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'">
      <title>{title}</title>
      <style>
      :root { color-scheme: light dark; }
      body {
        font: 16px/1.5 system-ui, sans-serif;
        margin: 2rem auto;
        max-width: 64rem;
        padding: 0 1rem;
      }
      h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      h1, li, td, dd, summary { overflow-wrap: anywhere; }
      td:first-child { overflow-wrap: normal; }
      table { border-collapse: collapse; width: 100%; font-size: .9rem; }
      th { text-align: left; }
      th, td, details {
        border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
        padding: .3rem .5rem;
        vertical-align: top;
      }
      dl { display: grid; grid-template-columns: 8rem 1fr; gap: .2rem 1rem; }
      dt { font-weight: 600; } dd { margin: 0; }
      summary { cursor: pointer; font-variant-numeric: tabular-nums; }
      .green, .red, .missing {
        color: #fff; border-radius: .2rem; padding: 0 .4rem; margin-right: .5rem;
      }
      .green { background: #1a7f37; } .red { background: #b42318; }
      .missing { background: #8a5a00; }
      @media (max-width: 40rem) {
        dl, td { display: block; } dt { margin-top: .4rem; } dl, dd { margin-left: 0; }
        tr:first-child { display: none; } tr, td:first-child { overflow-wrap: anywhere; }
        td { border: 0; padding: 0 .5rem; }
        td::before { content: attr(data-head) ": "; font-weight: 600; }
        tr { display: block; padding: .3rem 0; }
        tr { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
      }
      @media print { details > * { display: revert; } a { color: inherit; } }
      </style>
      </head>
      <body>
      <h1>{title}</h1>
      """;

  private final StringBuilder out = new StringBuilder();
  private List<String> columns = List.of();

  /** The beginning, with the title as its heading. */
  void head(String title) {
    out.append(HEAD.replace("{title}", HtmlText.escaped(title)));
  }

  void heading(String text) {
    element("h2", text);
  }

  void paragraph(String text) {
    element("p", text);
  }

  void item(String text) {
    element("li", text);
  }

  /** A name and a value; an empty one is said to be none. */
  void pair(String name, String value) {
    element("dt", name);
    element("dd", value.isEmpty() ? "none" : value);
  }

  /** A name and a file of the folder, whose name is made of our own words and CIDs. */
  void link(String name, String file) {
    element("dt", name);
    begin("dd");
    link(file);
    end("dd");
  }

  /** An item of a list that begins with a file of the folder. */
  void linkedItem(String file, String text) {
    begin("li");
    link(file);
    text(text);
    end("li");
  }

  private void link(String file) {
    String escaped = HtmlText.escaped(file);
    out.append("<a href=\"").append(escaped).append("\">").append(escaped).append("</a>");
  }

  /** Begins a table, which {@link #end} ends. */
  void table(String... heads) {
    columns = List.of(heads);
    begin("table");
    out.append("<tr>");
    for (String head : heads) {
      out.append("<th scope=\"col\">").append(HtmlText.escaped(head)).append("</th>");
    }
    out.append("</tr>\n");
  }

  /** A row; on a narrow screen each of its cells is a line that its column's head begins. */
  void row(String... values) {
    out.append("<tr>");
    for (int i = 0; i < values.length; i++) {
      out.append("<td data-head=\"").append(HtmlText.escaped(columns.get(i))).append("\">");
      out.append(HtmlText.escaped(values[i])).append("</td>");
    }
    out.append("</tr>\n");
  }

  /** A word in the colour that the style has for it. */
  void mark(String word) {
    out.append("<span class=\"").append(word).append("\">").append(word).append("</span>");
  }

  void text(String text) {
    out.append(HtmlText.escaped(text));
  }

  void begin(String element) {
    out.append('<').append(element).append(">\n");
  }

  void end(String element) {
    out.append("</").append(element).append(">\n");
  }

  private void element(String name, String text) {
    out.append('<').append(name).append('>').append(HtmlText.escaped(text));
    out.append("</").append(name).append(">\n");
  }

  /** The whole page. */
  String finish() {
    return out.append("</body>\n</html>\n").toString();
  }
}
