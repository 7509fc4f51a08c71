package dev.limpet.gateway.http;

/** The way to what nodes could not agree on, as the router reaches it. */
public interface Disagreements {
  /** {@code GET /v1/disagreements}. */
  void list(Exchange exchange, Paging paging);

  /** {@code GET /v1/disagreements/{id}/{file}}. */
  void file(Exchange exchange, String id, String file);
}
