package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;

/**
 * Entity tags of answers of pure functions: the Task's CID in quotes, strong, because equal Tasks
 * give equal bytes (RFC 9110, section 8.8.3).
 */
public final class ETags {
  private ETags() {}

  /** The tag of what a Task answers, with its quotes. */
  public static String of(Cid task) {
    return "\"" + task + "\"";
  }

  /**
   * Whether {@code If-None-Match} names what this Task answers, so that the answer is 304. Tags
   * compare weakly there (RFC 9110, section 13.1.2). A malformed list matches only by the tags that
   * stand in it.
   *
   * @param ifNoneMatch the value; several lines joined by a comma
   */
  public static boolean noneMatch(String ifNoneMatch, Cid task) {
    return noneMatch(ifNoneMatch, of(task));
  }

  /**
   * The same for an answer whose tag is known.
   *
   * @param wanted the tag with its quotes
   */
  public static boolean noneMatch(String ifNoneMatch, String wanted) {
    for (String part : ifNoneMatch.split(",", -1)) {
      String tag = part.strip();
      if (tag.equals("*") || tag.equals(wanted) || tag.equals("W/" + wanted)) {
        return true;
      }
    }
    return false;
  }
}
