package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.wasmhost.ExecutionResult;
import org.jspecify.annotations.Nullable;

/**
 * A run that did not succeed.
 *
 * @param result how it ended
 * @param receipt CID of its receipt, or null when none is kept
 */
record FailedRun(ExecutionResult result, @Nullable Cid receipt) {}
