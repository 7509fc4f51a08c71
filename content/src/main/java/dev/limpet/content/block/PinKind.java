package dev.limpet.content.block;

/** How much a pin keeps. */
public enum PinKind {
  /** The block and all that is below it. */
  RECURSIVE("recursive"),
  /** The block alone. */
  DIRECT("direct");

  private final String text;

  PinKind(String text) {
    this.text = text;
  }

  /** As it is written, in files and answers. */
  public String text() {
    return text;
  }

  /**
   * Reads it.
   *
   * @param text as {@link #text} wrote it
   * @return the kind
   * @throws IllegalArgumentException when it is none
   */
  public static PinKind of(String text) {
    for (PinKind kind : values()) {
      if (kind.text.equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("a pin is recursive or direct, not '" + text + "'");
  }
}
