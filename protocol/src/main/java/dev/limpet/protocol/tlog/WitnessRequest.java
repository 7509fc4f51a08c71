package dev.limpet.protocol.tlog;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a log sends to a witness (C2SP tlog-witness, add-checkpoint).
 *
 * @param old the size that the log thinks the witness knows
 * @param proof that the tree of that size is the beginning of the new one
 * @param checkpoint the new one, signed by the log
 */
public record WitnessRequest(long old, List<TreeHash> proof, SignedNote checkpoint) {
  /** Largest request. */
  public static final int MAX_REQUEST_CHARS = 64 << 10;

  private static final Pattern HEAD =
      Pattern.compile("old (0|[1-9][0-9]{0,17})\\n((?:[A-Za-z0-9+/]{43}=\\n){0,63})\\n");

  /** Checks the parts. */
  public WitnessRequest {
    proof = List.copyOf(proof);
    if (old < 0 || proof.size() > Frontier.MAX_TREE_LEVELS) {
      throw new IllegalArgumentException("no tree is that large");
    }
  }

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static WitnessRequest parse(String text) {
    if (text.length() > MAX_REQUEST_CHARS) {
      throw new IllegalArgumentException("longer than a request to a witness may be");
    }
    Matcher head = HEAD.matcher(text);
    if (!head.lookingAt()) {
      throw new IllegalArgumentException("it begins with: old size, hashes, an empty line");
    }
    return new WitnessRequest(
        Long.parseLong(head.group(1)),
        TlogProof.hashes(head.group(2)),
        SignedNote.parse(text.substring(head.end())));
  }

  /** As it is sent. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("old ").append(old).append('\n');
    proof.forEach(hash -> text.append(hash).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
