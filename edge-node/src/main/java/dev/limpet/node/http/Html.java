package dev.limpet.node.http;

import dev.limpet.protocol.HtmlText;

/**
 * What pages have in common. They have no script and load nothing; all that is a stranger's goes
 * through {@link HtmlText#escaped}.
 */
final class Html {
  /** The media type. */
  static final String TYPE = "text/html; charset=utf-8";

  /** Part of the tag of each page; another one when pages are made differently. */
  static final String VERSION = "limpet1";

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex">
      <title>{title}</title>
      <style>
      :root { color-scheme: light dark; }
      body {
        font: 16px/1.5 system-ui, sans-serif;
        margin: 2rem auto;
        max-width: 60rem;
        padding: 0 1rem;
      }
      h1 { font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
      table { border-collapse: collapse; width: 100%; }
      th { font-weight: 600; text-align: left; }
      th, td {
        border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
        padding: .35rem .5rem;
      }
      tr:hover td { background: color-mix(in srgb, currentColor 5%, transparent); }
      td:first-child { overflow-wrap: anywhere; }
      pre, dl { overflow-wrap: anywhere; }
      dt { font-weight: 600; }
      dd, ol { margin: 0 0 .35rem 0; padding-left: 1.5rem; }
      td:last-child, th:last-child {
        text-align: right;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      a { text-decoration: none; } a:hover { text-decoration: underline; }
      .ipfs-hash { font-family: ui-monospace, monospace; font-size: .85rem; }
      footer { margin-top: 1rem; font-size: .85rem; opacity: .75; overflow-wrap: anywhere; }
      </style>
      </head>
      <body>
      """;

  private Html() {}

  /** The head of a page, and the beginning of its body. */
  static String head(String title) {
    return HEAD.replace("{title}", HtmlText.escaped(title));
  }

  /** A link. */
  static String link(String href, String text) {
    return "<a href=\"" + HtmlText.escaped(href) + "\">" + HtmlText.escaped(text) + "</a>";
  }
}
