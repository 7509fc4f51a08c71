package dev.limpet.gateway.receipt;

import dev.limpet.gateway.audit.AuditEvidence;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Resources;
import dev.limpet.gateway.http.Services;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.NodeIdentity;
import java.nio.file.Path;
import java.time.InstantSource;

/** The paths of receipts for tests of a gateway, with an operator of their own. */
public final class TestReceipts {
  private TestReceipts() {}

  /** What resources work with, receipts and what nodes could not agree on among it. */
  public static Resources.Ground ground(
      Services services, Door door, NodeClient client, Database database, Path folder) {
    NodeIdentity operator = NodeIdentity.generate();
    InstantSource clock = InstantSource.system();
    Witness witness = new Witness(database, operator, clock);
    return new Resources.Ground(
        services,
        door,
        new ReceiptPaths(
            new ReceiptPaths.Ground(
                door,
                services.registry(),
                client,
                witness,
                new Enrolments(database, operator, clock),
                services.work())),
        new DisagreementPaths(door, witness, new AuditEvidence(folder), services.work()));
  }
}
