package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.QueryParameters;
import org.jspecify.annotations.Nullable;

/**
 * The way to receipts and to the witness, as the router reaches it. Each of these asks the {@link
 * Door}, and answers or fails the exchange. What they throw becomes the answer.
 */
public interface Receipts {
  /**
   * {@code GET /v1/receipts/{cid}}.
   *
   * @param wanted which, and how
   */
  void receipt(Exchange exchange, Wanted wanted);

  /**
   * A receipt that is asked for.
   *
   * @param receipt its CID
   * @param dsse whether a signed statement is wanted and not the file itself
   * @param node the name of the node that is asked first; null when nobody knows it
   */
  record Wanted(Cid receipt, boolean dsse, @Nullable String node) {}

  /** {@code GET /v1/receipts}: which there are in the logs of nodes. */
  void list(Exchange exchange, QueryParameters query);

  /** {@code POST /v1/witness/add-checkpoint}: a node shows how its log has grown. */
  void cosign(Exchange exchange);

  /** {@code GET /v1/witness/enrolment}: a node asks what the operator says of it. */
  void enrol(Exchange exchange);

  /** {@code GET /v1/witness/key}: the operator's key. */
  void key(Exchange exchange);
}
