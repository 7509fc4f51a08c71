package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/**
 * Something that a gateway found out and that cannot be all right: two nodes that answered the same
 * work differently, or a log of receipts that did not only grow.
 *
 * @param id its id here
 * @param kind {@code answers} or {@code log}
 * @param at when it was kept
 * @param nodes whose they are: names, or the key of a node
 * @param says what is the matter, in a sentence
 * @param files what is kept of it; {@code /v1/disagreements/{id}/{file}} gives each
 */
@Json
public record Disagreement(
    String id, String kind, Instant at, List<String> nodes, String says, List<String> files) {
  /** The kind of answers that differ. */
  public static final String ANSWERS = "answers";

  /** The kind of a log that forked or shrank. */
  public static final String LOG = "log";

  /** Nodes, and files, of one. */
  public static final int MAX_DISAGREEMENT_FILES = 16;

  /** Checks the parts. */
  public Disagreement {
    Wire.text("id", id);
    Wire.text("kind", kind);
    Wire.present("at", at);
    nodes = Wire.list("nodes", nodes, MAX_DISAGREEMENT_FILES);
    Wire.text("says", says);
    files = Wire.list("files", files, MAX_DISAGREEMENT_FILES);
  }
}
