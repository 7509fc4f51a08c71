package dev.limpet.protocol.receipt;

import java.util.Locale;

/** How an Execution ended, as its receipt says it. */
public enum ReceiptOutcome {
  /** The function ended by itself with success. */
  OK,
  /** The function ended by itself with a code other than 0. */
  EXITED,
  /** The engine stopped the function. */
  TRAPPED,
  /** The function used up its fuel. */
  OUT_OF_FUEL,
  /** The function needed more memory than its limit. */
  OUT_OF_MEMORY,
  /** The function wrote more than its limit. */
  OUT_OF_OUTPUT,
  /** The wall time was over; says nothing about the function. */
  OUT_OF_TIME,
  /** Someone cancelled it, or the caller went away. */
  CANCELLED,
  /** The node or its data failed; says nothing about the function. */
  FAILED;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** As it is written. */
  public String text() {
    return text;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException for another word
   */
  public static ReceiptOutcome parse(String text) {
    for (ReceiptOutcome outcome : values()) {
      if (outcome.text.equals(text)) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("no outcome of an execution: " + text);
  }
}
