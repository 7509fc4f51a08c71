package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.function.Function;

/**
 * Sends a DAG to a node as one CAR, made while it is sent: files are read once, and nothing is kept
 * in memory or on disk. The CAR names no root, so that the node takes its last block for it; which
 * one that must be is computed here. The node is asked first ({@code Expect: 100-continue}) and
 * told how much it will be at least, so that a refusal comes before the data.
 */
public final class DagUpload {
  private final ServerClient node;
  private final long leastBytes;

  /**
   * An upload.
   *
   * @param leastBytes what the blocks have at least altogether, or 0
   */
  public DagUpload(ServerClient node, long leastBytes) {
    this.node = node;
    this.leastBytes = leastBytes;
  }

  /**
   * Runs an import whose blocks go to the node.
   *
   * @param importer puts the root last
   * @return what was imported, and the node has
   * @throws CliException when the node refuses, or answers another root
   * @throws ContentException when a file cannot be read or changes meanwhile; the node keeps
   *     nothing then
   */
  public ImportedRoot send(Function<BlockSink, ImportedRoot> importer) {
    CarBody body = new CarBody(importer);
    JsonObject answer;
    try {
      answer = node.json(request(body));
    } catch (CliException e) {
      // What cannot be read breaks the request off: that is the cause, not what came of it.
      body.throwFailure();
      throw e;
    }
    return requireSameRoot(answer, body);
  }

  private HttpRequest request(CarBody body) {
    return CarTransfer.adding(node, body)
        .header("Limpet-Dag-Size", Long.toString(leastBytes))
        .build();
  }

  private ImportedRoot requireSameRoot(JsonObject answer, CarBody body) {
    ImportedRoot sent;
    try {
      sent = body.imported();
    } catch (IOException e) {
      throw new CliException(ErrorCode.UNREACHABLE, node.base() + ": " + e.getMessage());
    }
    if (!answer.text("root").equals(sent.cid().toString())) {
      throw new CliException(
          ErrorCode.HASH_MISMATCH,
          node.base() + " answered root " + answer.text("root") + ", not " + sent.cid());
    }
    return sent;
  }
}
