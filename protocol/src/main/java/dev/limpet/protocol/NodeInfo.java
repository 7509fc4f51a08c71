package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as the gateway knows it.
 *
 * @param name its name
 * @param url where it is reached
 * @param peerId who it is
 * @param state what the gateway thinks of it
 * @param roots DAGs that it announced as roots
 * @param bytes bytes of their blocks
 * @param running guests that run there now
 * @param lastSeen when it was last heard of
 * @param labels what its owner says about it
 * @param failedRoots DAGs that it announced and could not show when it was asked for a block
 * @param copies DAGs that it fetched for the gateway ahead of calls
 * @param distrusted whether it could not show so many that nothing it announces counts now
 * @param unbelieved why the certificate that it shows over https is not believed, so that it gets
 *     no call; null when it is believed, or none is needed
 */
@Json
public record NodeInfo(
    String name,
    URI url,
    PeerId peerId,
    NodeState state,
    long roots,
    long bytes,
    int running,
    Instant lastSeen,
    Map<String, String> labels,
    int failedRoots,
    int copies,
    boolean distrusted,
    @Nullable String unbelieved) {
  /** Checks the parts. */
  public NodeInfo {
    Names.node(Wire.present("name", name));
    Wire.present("url", url);
    Wire.present("peerId", peerId);
    Wire.present("state", state);
    Wire.present("lastSeen", lastSeen);
    labels = Wire.map("labels", labels, NodeJoin.MAX_LABELS);
  }
}
