package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.protocol.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a DAG to a node as one CAR, made while it is sent: nothing is kept in memory or on disk.
 * The node is asked first ({@code Expect: 100-continue}) and told the size, so that a refusal comes
 * before the data.
 */
public final class DagUpload {
  private static final int PIPE_BYTES = 1 << 20;

  private final ServerClient node;
  private final ImportedRoot expected;

  /**
   * @param expected the root that we computed ourselves
   */
  public DagUpload(ServerClient node, ImportedRoot expected) {
    this.node = node;
    this.expected = expected;
  }

  /**
   * Runs {@code importer} a second time, its blocks going to the node.
   *
   * @throws CliException when the node refuses, or answers another root, or the files changed
   */
  public void send(Function<BlockSink, ImportedRoot> importer) {
    try (PipedInputStream body = new PipedInputStream(PIPE_BYTES)) {
      PipedOutputStream pipe = new PipedOutputStream(body);
      CompletableFuture<@Nullable ImportedRoot> writing =
          CompletableFuture.supplyAsync(() -> write(pipe, importer), Thread::startVirtualThread);
      requireSameRoot(answer(body, writing), writing.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject answer(InputStream body, CompletableFuture<@Nullable ImportedRoot> writing) {
    try {
      return node.json(request(body));
    } catch (CliException e) {
      // A file that cannot be read ends the CAR early: that is the cause, not what the node says.
      if (writing.isCompletedExceptionally()
          && writing.exceptionNow() instanceof ContentException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private HttpRequest request(InputStream body) {
    return CarTransfer.adding(node, body)
        .header("Limpet-Dag-Size", Long.toString(expected.dagSize()))
        .build();
  }

  private @Nullable ImportedRoot write(
      PipedOutputStream pipe, Function<BlockSink, ImportedRoot> importer) {
    try (BufferedOutputStream buffered = new BufferedOutputStream(pipe, PIPE_BYTES)) {
      CarWriter writer = new CarWriter(buffered, List.of(expected.cid()));
      return importer.apply(block -> write(writer, block));
    } catch (IOException | UncheckedIOException e) {
      // The node stopped reading: its answer, which the caller is waiting for, says why.
      return null;
    }
  }

  private static void write(CarWriter writer, Block block) {
    try {
      writer.write(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireSameRoot(JsonObject answer, @Nullable ImportedRoot sent) {
    if (sent == null || !sent.equals(expected)) {
      throw new CliException(
          ExitCode.REFUSED, "changed", "the files changed while they were added: try again");
    }
    if (!answer.text("root").equals(expected.cid().toString())) {
      throw new CliException(
          ErrorCode.HASH_MISMATCH,
          node.base() + " answered root " + answer.text("root") + ", not " + expected.cid());
    }
  }
}
