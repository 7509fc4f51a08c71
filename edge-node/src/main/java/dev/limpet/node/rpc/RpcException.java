package dev.limpet.node.rpc;

/** A call that is refused, in the words that Kubo has for it. */
final class RpcException extends RuntimeException {
  private static final int CLIENT_ERROR = 400;
  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERROR = 500;

  private final int status;
  private final boolean plain;

  private RpcException(int status, boolean plain, String message) {
    super(message);
    this.status = status;
    this.plain = plain;
  }

  /**
   * It was asked wrongly: an argument is missing, an option is none; Kubo says so in plain text.
   */
  static RpcException usage(String message) {
    return new RpcException(CLIENT_ERROR, true, message);
  }

  /** The files that an argument stands for did not come. */
  static RpcException noFile(String argument) {
    return usage("file argument '" + argument + "' is required");
  }

  /** A browser asks that does not say for which page. */
  static RpcException forbidden() {
    return new RpcException(FORBIDDEN, true, "403 - Forbidden");
  }

  /** It was asked well and cannot be done. */
  static RpcException failed(String message) {
    return new RpcException(SERVER_ERROR, false, message);
  }

  int status() {
    return status;
  }

  /** Whether it is told as plain text, not as JSON. */
  boolean plain() {
    return plain;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
