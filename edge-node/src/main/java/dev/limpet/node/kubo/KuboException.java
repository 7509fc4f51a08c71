package dev.limpet.node.kubo;

import java.io.IOException;

/** What a Kubo says when it does not do what it was asked. */
public final class KuboException extends IOException {
  private static final long serialVersionUID = 1;

  private static final int NOT_FOUND = 404;
  private static final int NOT_CACHED = 412;

  private final int status;

  /**
   * A refusal.
   *
   * @param message as Kubo says it
   */
  public KuboException(String message) {
    this(0, message);
  }

  /**
   * A refusal by a status.
   *
   * @param status of HTTP
   * @param message as Kubo says it
   */
  KuboException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Whether a gateway lacks it, where it may not look for it. */
  boolean isNotHere() {
    return status == NOT_FOUND || status == NOT_CACHED;
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
