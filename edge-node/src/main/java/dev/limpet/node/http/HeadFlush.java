package dev.limpet.node.http;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/**
 * Sends the head of an answer that streams before there is a byte of its body, which the server
 * lets only those do who it calls sinks, and finds by this class's name among its services.
 */
public final class HeadFlush implements SinkProvider<Void> {
  private static final GenericType<Sent> SENT = GenericType.create(Sent.class);

  /** Made by the server's {@link java.util.ServiceLoader}. */
  public HeadFlush() {}

  /** Only to be called when the answer's stream was opened and nothing written to it. */
  static void send(ServerResponse response) {
    response.sink(SENT).close();
  }

  @Override
  public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
    return type.equals(SENT);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the one type supported
  public <X extends Sink<Void>> X create(SinkProviderContext context) {
    context.flushHeaders();
    return (X) new Sent();
  }

  @Override
  @SuppressWarnings({"removal", "TypeParameterUnusedInFormals"}) // abstract until it is gone
  public <X extends Sink<Void>> X create(
      ServerResponse response, BiConsumer<Object, MediaType> consumer, Runnable close) {
    throw new IllegalStateException("the server is older than its flush of heads");
  }

  /** The head was sent. */
  static final class Sent implements Sink<Void> {
    @Override
    public Sink<Void> emit(Void nothing) {
      return this;
    }

    @Override
    public void close() {}
  }
}
