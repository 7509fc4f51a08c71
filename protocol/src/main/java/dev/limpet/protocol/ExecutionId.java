package dev.limpet.protocol;

import dev.limpet.content.cid.Multibase;
import java.security.SecureRandom;

/**
 * Names one attempt of a Task on one node: {@code x-} and 26 characters of base32 for 128 random
 * bits, so that nobody guesses the Execution of another.
 */
public record ExecutionId(String text) implements Comparable<ExecutionId> {
  private static final String PREFIX = "x-";
  private static final int CHARS = PREFIX.length() + 26;
  private static final int RANDOM_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException when it is not {@code x-} and 26 characters of base32
   */
  public ExecutionId {
    if (!isWellFormed(Wire.present("execution", text))) {
      throw new IllegalArgumentException("expected an execution id: x- and 26 of a-z2-7");
    }
  }

  private static boolean isWellFormed(String text) {
    if (text.length() != CHARS || !text.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < CHARS; i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '2' || c > '7')) {
        return false;
      }
    }
    return true;
  }

  /** A new id. */
  public static ExecutionId random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new ExecutionId(PREFIX + Multibase.BASE32.encode(bytes));
  }

  /** Reads the text form; throws {@link IllegalArgumentException}. */
  public static ExecutionId parse(String text) {
    return new ExecutionId(text);
  }

  @Override
  public int compareTo(ExecutionId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
