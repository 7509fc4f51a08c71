package dev.limpet.content.unixfs;

import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * A root and the names below it.
 *
 * @param root where to begin
 * @param segments names, decoded; none is empty, {@code .}, {@code ..} or contains {@code /} or NUL
 */
public record ContentPath(Cid root, List<String> segments) {
  /** Names in one path; deeper trees are read from a CID further down. */
  public static final int MAX_SEGMENTS = 256;

  private static final String NAMESPACE = "/ipfs/";

  /**
   * Checks the names.
   *
   * @throws PathNotFoundException when one cannot be a name
   */
  public ContentPath {
    segments = List.copyOf(segments);
    if (segments.size() > MAX_SEGMENTS) {
      throw new PathNotFoundException("a path has at most " + MAX_SEGMENTS + " names");
    }
    for (String segment : segments) {
      requireName(segment);
    }
  }

  private static void requireName(String segment) {
    boolean climbs = segment.isEmpty() || segment.equals(".") || segment.equals("..");
    if (climbs || segment.indexOf('/') >= 0 || segment.indexOf('\0') >= 0) {
      throw new PathNotFoundException(
          "a path has no empty names, no '.', no '..', no '/' or NUL inside a name");
    }
  }

  /**
   * The root itself.
   *
   * @param root the root
   * @return a path without names
   */
  public static ContentPath of(Cid root) {
    return new ContentPath(root, List.of());
  }

  /**
   * Reads {@code CID/a/b} or {@code /ipfs/CID/a/b}, not percent-encoded.
   *
   * @param text the path
   * @return the path
   * @throws dev.limpet.content.cid.CidFormatException when it does not begin with a CID
   * @throws PathNotFoundException when a name in it cannot be one
   */
  public static ContentPath parse(String text) {
    String path = text.startsWith(NAMESPACE) ? text.substring(NAMESPACE.length()) : text;
    List<String> parts = List.of(path.split("/", -1));
    return new ContentPath(Cid.parse(parts.getFirst()), parts.subList(1, parts.size()));
  }

  /** {@code CID/a/b}. */
  @Override
  public String toString() {
    return segments.isEmpty() ? root.toString() : root + "/" + String.join("/", segments);
  }
}
