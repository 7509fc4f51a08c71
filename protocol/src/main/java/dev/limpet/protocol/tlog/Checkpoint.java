package dev.limpet.protocol.tlog;

import dev.limpet.protocol.PeerId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a log says it is (C2SP tlog-checkpoint). Ours have no lines besides these three.
 *
 * @param origin which log
 * @param size leaves
 * @param root over them
 */
public record Checkpoint(String origin, long size, TreeHash root) {
  private static final Pattern TEXT =
      Pattern.compile(
          "([^\\p{Cntrl}]{1,"
              + NoteKey.MAX_KEY_NAME_CHARS
              + "})\\n(0|[1-9][0-9]{0,18})\\n([A-Za-z0-9+/]{43}=)\\n");

  /** Checks the parts. */
  public Checkpoint {
    NoteKey.requireName(origin);
    if (size < 0) {
      throw new IllegalArgumentException("the size of a log is not negative");
    }
  }

  /**
   * Reads the text of a note.
   *
   * @throws IllegalArgumentException when it is no checkpoint
   */
  public static Checkpoint parse(String text) {
    Matcher lines = TEXT.matcher(text);
    if (!lines.matches()) {
      throw new IllegalArgumentException("a checkpoint is: origin, size, root, a line each");
    }
    TreeHash root = TreeHash.of(StrictBase64.decode(lines.group(3)));
    try {
      return new Checkpoint(lines.group(1), Long.parseLong(lines.group(2)), root);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no log is that large", e);
    }
  }

  /** The key of that log, when it is kept by that peer: it has the name of the log. */
  public NoteKey key(PeerId log) {
    return new NoteKey(origin, NoteKey.Kind.ED25519, log);
  }

  /** The text that is signed. */
  public String text() {
    return origin + "\n" + size + "\n" + root + "\n";
  }
}
