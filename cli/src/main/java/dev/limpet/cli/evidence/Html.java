package dev.limpet.cli.evidence;

import dev.limpet.protocol.HtmlText;

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
      h1, td, dd, summary { overflow-wrap: anywhere; }
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
      @media print { details > * { display: revert; } a { color: inherit; } }
      </style>
      </head>
      <body>
      <h1>{title}</h1>
      """;

  private final StringBuilder out = new StringBuilder();

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

  void pair(String name, String value) {
    element("dt", name);
    element("dd", value);
  }

  /** A name and a file of the folder, whose name is made of our own words and CIDs. */
  void link(String name, String file) {
    element("dt", name);
    out.append("<dd><a href=\"")
        .append(HtmlText.escaped(file))
        .append("\">")
        .append(HtmlText.escaped(file))
        .append("</a></dd>\n");
  }

  /** Begins a table, which {@link #end} ends. */
  void table(String... heads) {
    begin("table");
    cells("th", heads);
  }

  void row(String... values) {
    cells("td", values);
  }

  private void cells(String kind, String... values) {
    out.append("<tr>");
    for (String value : values) {
      out.append('<').append(kind).append('>').append(HtmlText.escaped(value));
      out.append("</").append(kind).append('>');
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
