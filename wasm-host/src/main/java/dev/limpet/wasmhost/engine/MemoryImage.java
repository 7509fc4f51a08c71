package dev.limpet.wasmhost.engine;

import run.endive.wasm.types.DataSegment;

/**
 * What a memory was at one moment. Shared by all who restore it, and never changed.
 *
 * @param used its bytes up to the last one that is not zero
 * @param limit how many the guest had
 * @param segments which data segments were dropped
 * @param growthDenied whether it had asked for more than it may have
 */
record MemoryImage(byte[] used, int limit, DataSegment[] segments, boolean growthDenied) {}
