package dev.limpet.protocol.tlog;

import dev.limpet.protocol.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file that shows offline that an entry is in a log (C2SP tlog-proof). It is trusted as far as
 * the signatures of its checkpoint are.
 *
 * @param extra what else whoever made it wanted to say; ours always have it
 * @param index place of the entry
 * @param proof from the leaf's sibling on
 * @param checkpoint signed by the log, and by witnesses
 */
public record TlogProof(ByteString extra, long index, List<TreeHash> proof, SignedNote checkpoint) {
  /** Largest file: an entry of 64 KiB in base64, and what stands around it. */
  public static final int MAX_PROOF_CHARS = 256 << 10;

  private static final String TITLE = "c2sp.org/tlog-proof@v1\n";
  private static final Pattern TEXT =
      Pattern.compile(
          "extra ([A-Za-z0-9+/=]++)\\nindex (0|[1-9][0-9]{0,18})\\n"
              + "((?:[A-Za-z0-9+/]{43}=\\n){0,63})\\n");

  /** Checks the parts. */
  public TlogProof {
    proof = List.copyOf(proof);
    if (index < 0 || proof.size() > Frontier.MAX_TREE_LEVELS) {
      throw new IllegalArgumentException("no tree is that large");
    }
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException when it is none, or could be written in another way
   */
  public static TlogProof parse(String text) {
    if (text.length() > MAX_PROOF_CHARS) {
      throw new IllegalArgumentException("longer than a proof may be");
    }
    if (!text.startsWith(TITLE)) {
      throw new IllegalArgumentException("the first line must be " + TITLE.strip());
    }
    Matcher lines = TEXT.matcher(text).region(TITLE.length(), text.length());
    if (!lines.lookingAt()) {
      throw new IllegalArgumentException("then come: extra, index, hashes, an empty line");
    }
    long index;
    try {
      index = Long.parseLong(lines.group(2));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no log is that large", e);
    }
    return new TlogProof(
        ByteString.of(StrictBase64.decode(lines.group(1))),
        index,
        hashes(lines.group(3)),
        SignedNote.parse(text.substring(lines.end())));
  }

  /** Hashes in base64, each with a newline behind it. */
  static List<TreeHash> hashes(String lines) {
    List<TreeHash> hashes = new ArrayList<>();
    lines.lines().forEach(line -> hashes.add(TreeHash.of(StrictBase64.decode(line))));
    return hashes;
  }

  /** The file. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(TITLE);
    text.append("extra ").append(StrictBase64.encode(extra.toBytes())).append('\n');
    text.append("index ").append(index).append('\n');
    proof.forEach(hash -> text.append(hash).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
