package dev.limpet.gateway.http;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.function.Catalog;
import dev.limpet.gateway.function.Deploys;
import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.FunctionStore;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.protocol.audit.AuditLog;

/**
 * What the resources of the management API work with.
 *
 * @param functions what is kept, for reading
 * @param names the names, for reading
 * @param catalog changes both
 * @param lookup from what callers write to a function
 * @param deploys from bytes to a function
 * @param registry the nodes
 * @param holders who has what
 * @param prover has nodes show what they announced
 * @param work threads for what blocks
 * @param audit where changes are recorded
 */
public record Services(
    FunctionStore functions,
    NameStore names,
    Catalog catalog,
    FunctionLookup lookup,
    Deploys deploys,
    NodeRegistry registry,
    HolderIndex holders,
    Prover prover,
    BlockingWork work,
    AuditLog audit) {}
