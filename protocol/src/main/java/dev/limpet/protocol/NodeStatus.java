package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node about itself: {@code GET /v1/node}.
 *
 * @param name its name
 * @param peerId who it is
 * @param version the version of Limpet that it runs
 * @param gateway base URL of the gateway it is told to join, or null
 * @param joined whether the gateway has let it in
 * @param roots DAGs that it keeps
 * @param bytes bytes of its store
 * @param quotaBytes bytes that its store may have
 * @param capacity what it can take
 * @param load how busy it is
 * @param startedAt when this process started
 * @param counters what it counted since, by metric name
 * @param state what the gateway thinks of it; null without a gateway, or before it said so
 * @param store which store keeps the data, with its version where it has one of its own; null from
 *     older nodes
 * @param unbelieved other servers whose certificates it refused when it last asked them, as {@code
 *     host:port} or the URL of the gateway, and why
 */
@Json
public record NodeStatus(
    String name,
    PeerId peerId,
    String version,
    @Nullable URI gateway,
    boolean joined,
    long roots,
    long bytes,
    long quotaBytes,
    Capacity capacity,
    Load load,
    Instant startedAt,
    Map<String, Long> counters,
    @Nullable NodeState state,
    @Nullable String store,
    Map<String, String> unbelieved) {
  /** Checks the parts. */
  public NodeStatus {
    Names.node(Wire.present("name", name));
    Wire.present("peerId", peerId);
    Wire.text("version", version);
    Wire.present("capacity", capacity);
    Wire.present("load", load);
    Wire.present("startedAt", startedAt);
    counters = counters == null ? Map.of() : Map.copyOf(counters);
    unbelieved = unbelieved == null ? Map.of() : Map.copyOf(unbelieved);
  }
}
