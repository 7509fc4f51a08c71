package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multibase;
import java.util.Set;
import java.util.regex.Pattern;

/** Which strings name functions and nodes. */
public final class Names {
  /** Versions of a name count from here. */
  public static final int FIRST_VERSION = 1;

  /** Longest name of a function or a node, so that it fits a DNS label and a header. */
  public static final int MAX_NAME_CHARS = 63;

  private static final Pattern FUNCTION = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern NODE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

  /** What stands beside the names of nodes under {@code /v1/nodes/}. */
  private static final Set<String> TAKEN_BY_PATHS = Set.of("challenges", "announcements");

  private Names() {}

  /**
   * A function's name: {@code [a-z][a-z0-9-]{0,62}}, not the text of a CID and not starting with
   * {@code x-}, so that it can never be taken for a CID or for an Execution.
   *
   * @return the name itself
   * @throws IllegalArgumentException with the reason
   */
  public static String function(String name) {
    if (!FUNCTION.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a function name is a lower-case letter and up to 62 more of a-z, 0-9 and -");
    }
    if (name.startsWith("x-")) {
      throw new IllegalArgumentException("a function name may not start with x-");
    }
    if (isCid(name)) {
      throw new IllegalArgumentException("a function name may not be a CID");
    }
    return name;
  }

  /**
   * A node's name: {@code [a-z0-9][a-z0-9.-]{0,62}}, and not a word that a path of the gateway has.
   *
   * @return the name itself
   * @throws IllegalArgumentException with the reason
   */
  public static String node(String name) {
    if (!NODE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a node name is a letter or digit and up to 62 more of a-z, 0-9, . and -");
    }
    if (TAKEN_BY_PATHS.contains(name)) {
      throw new IllegalArgumentException(
          "a node cannot be called " + name + ": a path of the gateway has that name");
    }
    return name;
  }

  /** The first letter is looked at first: every call by name asks, and a failed parse is slow. */
  static boolean isCid(String text) {
    if (text.isEmpty() || !(Multibase.isPrefix(text.charAt(0)) || text.startsWith("Qm"))) {
      return false;
    }
    try {
      Cid.parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
