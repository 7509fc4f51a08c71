package dev.limpet.node.kubo;

import java.io.IOException;

/** What a Kubo says when it does not do what it was asked. */
public final class KuboException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * A refusal.
   *
   * @param message as Kubo says it
   */
  public KuboException(String message) {
    super(message);
  }

  /** Whether it lacks a block; offline it says so of what it would have to fetch. */
  public boolean isNotFound() {
    String message = String.valueOf(getMessage());
    return message.contains("could not find") || message.contains("not found");
  }

  /** Whether there is no such pin. */
  public boolean isNotPinned() {
    return String.valueOf(getMessage()).contains("not pinned");
  }
}
