package dev.limpet.node.invoke;

import dev.limpet.wasmhost.Sandbox;
import java.time.Duration;

/** What all calls of a node share. */
record CallTools(
    LocalData data,
    Inputs inputs,
    FunctionStore functions,
    Sandbox sandbox,
    MemoCalls memo,
    ReceiptMaker receipts,
    HeldAnswer.Clock clock,
    Duration maxStall) {}
