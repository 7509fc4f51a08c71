package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * The store of a node: {@code GET /v1/store}.
 *
 * @param blocks how many are kept
 * @param bytes what is kept takes of the disk, with index files, pins and what waits to be given
 *     back
 * @param liveBytes what of that are blocks that were not deleted
 * @param quotaBytes how much it may take
 * @param pins how many there are
 * @param partialPins how many of them lack blocks
 * @param fetchedBytes what came from elsewhere for calls takes of the disk
 * @param functionBytes what modules of functions take of the disk
 */
@Json
public record StoreInfo(
    long blocks,
    long bytes,
    long liveBytes,
    long quotaBytes,
    long pins,
    long partialPins,
    long fetchedBytes,
    long functionBytes) {}
