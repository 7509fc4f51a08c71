package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code GET /health/live} and {@code GET /health/ready}: for whoever supervises the process. */
public final class HealthResource implements Resource {
  private static final List<String> LIVE = List.of("health", "live");
  private static final List<String> READY = List.of("health", "ready");
  private final Supplier<@Nullable String> whyNotReady;
  private final byte[] up;

  /**
   * Health of a node.
   *
   * @param whyNotReady why it takes no requests; null while it does
   * @param store which store keeps its data, a word
   */
  public HealthResource(Supplier<@Nullable String> whyNotReady, String store) {
    this.whyNotReady = whyNotReady;
    this.up = ("{\"status\":\"up\",\"store\":\"" + store + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.segments().equals(LIVE) || resource.segments().equals(READY));
  }

  @Override
  public Need need() {
    return Need.NOTHING;
  }

  @Override
  public void handle(Exchange exchange) {
    exchange.allow("GET", "HEAD");
    boolean asksReady =
        exchange.target() instanceof RequestTarget.Resource resource
            && resource.segments().equals(READY);
    String why = asksReady ? whyNotReady.get() : null;
    if (why != null) {
      throw new LimpetException(ErrorCode.DRAINING, why);
    }
    exchange.answer(200, "application/json", up);
  }
}
