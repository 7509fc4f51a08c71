package dev.limpet.gateway.memo;

import dev.limpet.protocol.PeerId;
import io.vertx.core.buffer.Buffer;

/**
 * An answer as it is given again.
 *
 * @param status of HTTP
 * @param heads its header lines
 * @param body all of it; not to be changed
 * @param etag its tag with the quotes
 * @param node that made it
 */
public record MemoEntry(int status, KnownHeads heads, Buffer body, String etag, PeerId node) {}
