package dev.limpet.protocol;

import dev.limpet.content.cid.Multibase;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Names one attempt of a Task on one node: {@code x-} and 26 characters of base32 for 128 random
 * bits, so that nobody guesses the Execution of another.
 */
public record ExecutionId(String text) implements Comparable<ExecutionId> {
  private static final Pattern FORM = Pattern.compile("x-[a-z2-7]{26}");
  private static final int RANDOM_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException when it is not {@code x-} and 26 characters of base32
   */
  public ExecutionId {
    if (!FORM.matcher(Wire.present("execution", text)).matches()) {
      throw new IllegalArgumentException("expected an execution id: x- and 26 of a-z2-7");
    }
  }

  /** A new id. */
  public static ExecutionId random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new ExecutionId("x-" + Multibase.BASE32.encode(bytes));
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
