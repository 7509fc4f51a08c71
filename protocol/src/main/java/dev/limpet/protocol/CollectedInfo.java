package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * What a collection of garbage did: the answer to {@code POST /v1/store/gc}.
 *
 * @param blocks how many were deleted
 * @param bytes how much smaller the store has become on the disk
 */
@Json
public record CollectedInfo(long blocks, long bytes) {}
