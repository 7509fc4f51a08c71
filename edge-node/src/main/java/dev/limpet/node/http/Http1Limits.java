package dev.limpet.node.http;

import io.helidon.common.Size;
import io.helidon.http.RequestedUriDiscoveryContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.util.List;

/**
 * How the server speaks HTTP/1.1. Everything but the two limits is as Helidon has it, except that
 * nothing of a connection is logged. Helidon's builder would read its "64 KB" by a BigDecimal, and
 * the tables of that class are 4.5 MiB and 10 ms of a start.
 *
 * @param maxPrologueLength bytes of a request line
 * @param maxHeadersSize bytes of all headers of a request
 */
record Http1Limits(int maxPrologueLength, int maxHeadersSize) implements Http1Config {
  private static final Size BUFFERED_ENTITY_SIZE = Size.create(64 << 10);
  private static final String NAME = "@default";
  private static final Http1ConnectionListener NOBODY = Http1ConnectionListener.create(List.of());
  private static final RequestedUriDiscoveryContext URI_AS_ASKED =
      RequestedUriDiscoveryContext.builder().socketId(NAME).build();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Size maxBufferedEntitySize() {
    return BUFFERED_ENTITY_SIZE;
  }

  @Override
  @SuppressWarnings("removal")
  public boolean validateRequestHostHeader() {
    return true;
  }

  @Override
  public boolean sendKeepAliveHeader() {
    return true;
  }

  @Override
  public boolean validatePrologue() {
    return true;
  }

  @Override
  public boolean validatePath() {
    return true;
  }

  /** {@code 100 Continue} is sent when the body is asked for, so that a refusal costs no body. */
  @Override
  public boolean continueImmediately() {
    return false;
  }

  @Override
  public RequestedUriDiscoveryContext requestedUriDiscovery() {
    return URI_AS_ASKED;
  }

  @Override
  public List<Http1ConnectionListener> sendListeners() {
    return List.of();
  }

  @Override
  public List<Http1ConnectionListener> receiveListeners() {
    return List.of();
  }

  @Override
  public Http1ConnectionListener compositeSendListener() {
    return NOBODY;
  }

  @Override
  public Http1ConnectionListener compositeReceiveListener() {
    return NOBODY;
  }

  @Override
  @SuppressWarnings("removal")
  public boolean receiveLog() {
    return false;
  }

  @Override
  @SuppressWarnings("removal")
  public boolean sendLog() {
    return false;
  }
}
