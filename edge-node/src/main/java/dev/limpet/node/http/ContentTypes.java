package dev.limpet.node.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * What a file is: by the end of its name, else by its first bytes. Bytes alone never make something
 * that a browser would run; all answers have {@code nosniff} and a sandbox in any case.
 */
final class ContentTypes {
  /** How much of a file is looked at. */
  static final int SNIFFED_BYTES = 512;

  private static final String TEXT = "text/plain; charset=utf-8";

  private static final String JSON = "application/json";

  /** What is known of bytes of which nothing is known. */
  static final String BINARY = "application/octet-stream";

  private static final Map<String, String> BY_END =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("htm", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", JSON),
          Map.entry("jsonl", "application/jsonl"),
          Map.entry("txt", TEXT),
          Map.entry("log", TEXT),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("csv", "text/csv; charset=utf-8"),
          Map.entry("tsv", "text/tab-separated-values; charset=utf-8"),
          Map.entry("xml", "application/xml"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("avif", "image/avif"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("webm", "video/webm"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("wav", "audio/wav"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("parquet", "application/vnd.apache.parquet"),
          Map.entry("zip", "application/zip"),
          Map.entry("gz", "application/gzip"),
          Map.entry("tar", "application/x-tar"),
          Map.entry("cbor", "application/cbor"),
          Map.entry("car", "application/vnd.ipld.car"));

  private ContentTypes() {}

  /** The type that a name says, or the empty string. */
  static String ofName(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : BY_END.getOrDefault(name.substring(dot + 1).toLowerCase(Locale.ROOT), "");
  }

  /**
   * The type that the first bytes of a file say.
   *
   * @param whole whether these are all bytes of the file
   */
  static String ofBytes(byte[] first, boolean whole) {
    if (startsWith(first, "\u0089PNG\r\n")) {
      return "image/png";
    }
    if (startsWith(first, "\u00ff\u00d8\u00ff")) {
      return "image/jpeg";
    }
    if (startsWith(first, "GIF87a") || startsWith(first, "GIF89a")) {
      return "image/gif";
    }
    if (startsWith(first, "%PDF-")) {
      return "application/pdf";
    }
    if (startsWith(first, "RIFF") && first.length > 12 && latin1(first, 8, 12).equals("WEBP")) {
      return "image/webp";
    }
    if (startsWith(first, "\0asm")) {
      return "application/wasm";
    }
    if (startsWith(first, "PK\u0003\u0004")) {
      return "application/zip";
    }
    if (startsWith(first, "\u001f\u008b\b")) {
      return "application/gzip";
    }
    if (!isText(first)) {
      return BINARY;
    }
    return JsonStart.is(first, whole) ? JSON : TEXT;
  }

  private static String latin1(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWith(byte[] bytes, String latin1) {
    byte[] magic = latin1.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= magic.length
        && ByteBuffer.wrap(bytes, 0, magic.length).equals(ByteBuffer.wrap(magic));
  }

  /** Whether these are characters, the last one perhaps cut. */
  private static boolean isText(byte[] first) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
    CharBuffer chars = CharBuffer.allocate(first.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(first), chars, false);
    try {
      if (result.isError()) {
        result.throwException();
      }
    } catch (CharacterCodingException e) {
      return false;
    }
    return chars.flip().chars().allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r');
  }
}
