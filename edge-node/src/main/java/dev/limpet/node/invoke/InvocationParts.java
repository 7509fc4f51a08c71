package dev.limpet.node.invoke;

import dev.limpet.content.block.Blockstore;
import dev.limpet.node.log.LogKeeper;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.wasmhost.Sandbox;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What invocations get from their node; all of it is closed by the node, after them.
 *
 * @param node what it is called in sentences, such as {@code node shed}
 * @param data the node's store
 * @param functions blocks of functions, a cache with a quota
 * @param sandbox runs guests
 * @param gateway where to get functions that are missing; null when the node has no gateway
 * @param allowed which functions the owner lets run here
 * @param peers whom to believe when another node shows a certificate
 * @param outside servers that are asked for data that no node gives
 * @param logs where logs of Executions go
 * @param memo answers that are given again
 * @param spans where spans of traces go, or null
 * @param receipts makes their receipts
 */
public record InvocationParts(
    String node,
    LocalData data,
    Blockstore functions,
    Sandbox sandbox,
    Supplier<@Nullable GatewayDoor> gateway,
    AllowedFunctions allowed,
    Authorities peers,
    OutsideServers outside,
    LogKeeper logs,
    AnswerMemo memo,
    @Nullable SpanExporter spans,
    ReceiptMaker receipts) {}
