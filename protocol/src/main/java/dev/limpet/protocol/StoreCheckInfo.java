package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How far the reading and hashing of all blocks of a node has come, or what came of the last: the
 * answer to {@code GET} and {@code POST /v1/store/verify}.
 *
 * @param state {@code none} when nobody asked since the start, {@code running}, {@code done}, or
 *     {@code failed}
 * @param reason why it failed, else empty
 * @param blocks how many are well; 0 while it runs
 * @param bytes how long those are together, while it runs those that were read
 * @param totalBytes what all parts of the store take of the disk
 * @param damaged CIDs of blocks that do not hash or cannot be read, and count as missing now; a
 *     thousand at most
 * @param repaired CIDs of blocks that were damaged on the disk and were written anew from another
 *     copy that this node had; a thousand at most
 * @param partial roots of pinned DAGs that lack blocks, or are damaged
 */
@Json
public record StoreCheckInfo(
    String state,
    String reason,
    long blocks,
    long bytes,
    long totalBytes,
    List<String> damaged,
    List<String> repaired,
    List<String> partial) {}
