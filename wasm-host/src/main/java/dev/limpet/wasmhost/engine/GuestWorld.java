package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.Nullable;

/**
 * What an instance gets from the Execution that it serves.
 *
 * @param limits what the guest may use
 * @param lease pays for its memory
 * @param signal ends it
 * @param host what the host functions find in the memory
 */
public record GuestWorld(
    GuestLimits limits, Budget.Lease lease, StopSignal signal, @Nullable Object host) {}
