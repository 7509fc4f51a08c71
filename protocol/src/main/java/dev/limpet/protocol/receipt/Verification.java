package dev.limpet.protocol.receipt;

import dev.limpet.protocol.PeerId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was checked of a receipt's file, in order.
 *
 * @param checks what was found at each step; after a step without which nothing can be said, no
 *     more
 * @param receipt what the file says; to be believed only when {@link #isGreen()}; null when it
 *     could not be read
 * @param operator who vouches for the node, by what the file says; null when nobody does
 */
public record Verification(
    List<Check> checks, @Nullable Receipt receipt, @Nullable PeerId operator) {
  /** Copies the list. */
  public Verification {
    checks = List.copyOf(checks);
  }

  /** What is checked. */
  public enum Step {
    /** The file has the form of a proof. */
    FILE,
    /** The receipt has the form of one. */
    RECEIPT,
    /** An operator vouches for the node's key. */
    ENROLMENT,
    /** The receipt is that node's. */
    NODE,
    /** The node signed the checkpoint. */
    CHECKPOINT,
    /** The receipt is in the log with that checkpoint. */
    INCLUSION,
    /** A witness saw the checkpoint. */
    WITNESS,
    /** Nothing lies in the future, and the times fit together. */
    TIME;

    /** As people read it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a step ended. */
  public enum Result {
    /** It holds. */
    OK,
    /** It says less than it might; no reason to refuse. */
    NOTE,
    /** It does not hold. */
    FAILED
  }

  /**
   * A step.
   *
   * @param step what was checked
   * @param result how it ended
   * @param says a sentence without control characters
   */
  public record Check(Step step, Result result, String says) {
    private boolean hasFailed() {
      return result == Result.FAILED;
    }
  }

  /** Whether nothing failed. */
  public boolean isGreen() {
    return checks.stream().noneMatch(Check::hasFailed);
  }

  /** The steps that do not hold, in order. */
  public List<Check> failed() {
    return checks.stream().filter(Check::hasFailed).toList();
  }
}
