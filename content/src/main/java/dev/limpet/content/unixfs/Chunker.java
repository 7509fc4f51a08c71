package dev.limpet.content.unixfs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a file is cut into leaves. {@link Rabin} and {@link Buzhash} cut where the bytes say so:
 * what is changed in a file changes the leaves around it, and the others keep their CIDs. Kubo cuts
 * the same when it is told the same ({@code ipfs add --chunker}).
 */
public sealed interface Chunker permits FixedSize, Rabin, Buzhash {
  /** A leaf of 2 MiB less 256 bytes fits a block also as a UnixFS node. */
  int MAX_CHUNK_BYTES = (2 << 20) - 256;

  /**
   * The size of the largest leaf.
   *
   * @return 1 to {@link #MAX_CHUNK_BYTES}
   */
  int maxBytes();

  /**
   * How many bytes the leaf has that begins here.
   *
   * @param bytes what is left of the file, or its next {@link #maxBytes} bytes if there are more
   * @param length how many of the array these are, 1 or more
   * @return 1 to {@code length}
   */
  int cut(byte[] bytes, int length);

  /**
   * What Kubo's option says.
   *
   * @param text {@code size-BYTES}, {@code rabin}, {@code rabin-AVERAGE}, {@code
   *     rabin-MIN-AVERAGE-MAX} or {@code buzhash}
   * @return the chunker
   * @throws IllegalArgumentException when it is something else, with a sentence
   */
  static Chunker parse(String text) {
    if (text.equals("buzhash")) {
      return new Buzhash();
    }
    Matcher size = Spelling.SIZE.matcher(text);
    if (size.matches()) {
      return new FixedSize(Integer.parseInt(size.group(1)));
    }
    Matcher rabin = Spelling.RABIN.matcher(text);
    if (!rabin.matches()) {
      throw new IllegalArgumentException(
          "a chunker is size-BYTES, rabin, rabin-AVERAGE, rabin-MIN-AVERAGE-MAX or buzhash");
    }
    if (rabin.group(1) != null) {
      return Rabin.around(Integer.parseInt(rabin.group(1)));
    }
    if (rabin.group(2) != null) {
      return new Rabin(
          Integer.parseInt(rabin.group(2)),
          Integer.parseInt(rabin.group(3)),
          Integer.parseInt(rabin.group(4)));
    }
    return Rabin.around(Rabin.USUAL_BYTES);
  }

  /** How Kubo spells them; more digits than these are more than any chunk has. */
  final class Spelling {
    private static final Pattern SIZE = Pattern.compile("size-([0-9]{1,9})");
    private static final Pattern RABIN =
        Pattern.compile(
            "rabin(?:-([0-9]{1,9})"
                + "|-(?:min:)?([0-9]{1,9})-(?:avg:)?([0-9]{1,9})-(?:max:)?([0-9]{1,9}))?");

    private Spelling() {}
  }
}
