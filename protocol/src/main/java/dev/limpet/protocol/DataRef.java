package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import java.util.ArrayList;
import java.util.List;

/**
 * Data as a caller names it: a CID and perhaps a path below it, such as {@code bafy…/2013/01.csv}.
 *
 * @param root the CID
 * @param path names below it, percent-decoded; none is empty, {@code .} or {@code ..}, or holds a
 *     slash or NUL
 */
public record DataRef(Cid root, List<String> path) {
  /** Names in one path: as deep as directories are walked. */
  public static final int MAX_SEGMENTS = 128;

  /** Checks every name. */
  public DataRef {
    Wire.present("root", root);
    path = Wire.list("path", path, MAX_SEGMENTS);
    for (String segment : path) {
      PercentText.checkSegment(segment);
    }
  }

  /**
   * Reads {@code CID[/PATH]} that is plain text: names stand as they are. A leading {@code /ipfs/}
   * is allowed.
   *
   * @throws LimpetException {@code bad-cid} or {@code bad-path}
   */
  public static DataRef parse(String text) {
    return of(List.of(strip(text).split("/", -1)));
  }

  /**
   * Reads {@code CID[/PATH]} whose names are percent-encoded, as in a URL and in {@code
   * Limpet-Data}.
   *
   * @throws LimpetException {@code bad-cid} or {@code bad-path}
   */
  public static DataRef parseEncoded(String text) {
    List<String> segments = new ArrayList<>();
    for (String raw : strip(text).split("/", -1)) {
      segments.add(PercentText.decodeSegment(raw));
    }
    return of(segments);
  }

  private static String strip(String text) {
    return text.startsWith("/ipfs/") ? text.substring("/ipfs/".length()) : text;
  }

  /** The first segment is the CID, the others are the path. */
  static DataRef of(List<String> segments) {
    try {
      return new DataRef(cid(segments.getFirst()), segments.subList(1, segments.size()));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_PATH, String.valueOf(e.getMessage()), e);
    }
  }

  private static Cid cid(String text) {
    try {
      return Cid.parse(text);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CID, String.valueOf(e.getMessage()), e);
    }
  }

  /** The form of a URL: the CID and the percent-encoded names. */
  public String toEncoded() {
    StringBuilder out = new StringBuilder(root.toString());
    for (String segment : path) {
      out.append('/').append(PercentText.encodeSegment(segment));
    }
    return out.toString();
  }

  /** The plain form: the CID and the names as they are. */
  @Override
  public String toString() {
    return path.isEmpty() ? root.toString() : root + "/" + String.join("/", path);
  }
}
