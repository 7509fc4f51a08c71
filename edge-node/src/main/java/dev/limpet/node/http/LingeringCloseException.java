package dev.limpet.node.http;

import io.helidon.webserver.CloseConnectionException;

/**
 * The answer is sent and the connection must end, but the client is still sending its request.
 * Closing at once would reset the connection, and many a client would lose the answer; so what it
 * sends is thrown away for a moment.
 */
final class LingeringCloseException extends CloseConnectionException {
  LingeringCloseException() {
    super("the request was answered before it was read");
  }
}
