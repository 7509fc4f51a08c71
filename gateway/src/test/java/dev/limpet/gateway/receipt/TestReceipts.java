package dev.limpet.gateway.receipt;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.NodeIdentity;
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
}
