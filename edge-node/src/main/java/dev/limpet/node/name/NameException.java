package dev.limpet.node.name;

/** A name or key that is not there, cannot be made, or cannot be resolved, with the reason. */
public final class NameException extends RuntimeException {
  NameException(String message) {
    super(message);
  }

  NameException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The reason. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
