package dev.limpet.gateway.receipt;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.audit.AuditEvidence;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.NodeIdentity;
import java.nio.file.Path;
import java.time.InstantSource;

/** The paths of receipts for tests of a gateway, with an operator of their own. */
public final class TestReceipts {
  private TestReceipts() {}

  /** Paths with these parts. */
  public static ReceiptPaths of(
      Door door, NodeRegistry registry, NodeClient client, BlockingWork work, Database database) {
    NodeIdentity operator = NodeIdentity.generate();
    InstantSource clock = InstantSource.system();
    return new ReceiptPaths(
        new ReceiptPaths.Ground(
            door,
            registry,
            client,
            new Witness(database, operator, clock),
            new Enrolments(database, operator, clock),
            work));
  }

  /** What nodes could not agree on, kept there. */
  public static DisagreementPaths disagreements(
      Door door, BlockingWork work, Database database, Path folder) {
    NodeIdentity operator = NodeIdentity.generate();
    return new DisagreementPaths(
        door,
        new Witness(database, operator, InstantSource.system()),
        new AuditEvidence(folder),
        work);
  }
}
