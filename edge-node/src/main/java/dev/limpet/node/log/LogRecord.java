package dev.limpet.node.log;

import dev.limpet.protocol.LogItem;
import dev.limpet.wasmhost.GuestLog;

/**
 * One Execution and its log.
 *
 * @param item what is known of it; its text is empty
 * @param log what its function wrote
 */
public record LogRecord(LogItem item, GuestLog log) {}
