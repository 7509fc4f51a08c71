package dev.limpet.cli.client;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.unixfs.ImportedRoot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * A body that is a CAR without a root, made by an import while it is sent: the thread that imports
 * hands a piece over when the connection asks for one, so that at most the piece that is being sent
 * and the block that is being made are in memory. An import that fails breaks the request off; it
 * never ends it.
 */
final class CarBody implements BodyPublisher {
  /** Small blocks are joined to pieces of this size, large ones are cut into such. */
  private static final int PIECE_BYTES = 128 << 10;

  private final Function<BlockSink, ImportedRoot> importer;
  private final CompletableFuture<ImportedRoot> imported = new CompletableFuture<>();

  /**
   * Sends what an import makes.
   *
   * @param importer runs once, on a thread of its own
   */
  CarBody(Function<BlockSink, ImportedRoot> importer) {
    this.importer = importer;
  }

  @Override
  public long contentLength() {
    return -1;
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    Pieces pieces = new Pieces(subscriber);
    subscriber.onSubscribe(pieces);
    Thread.ofPlatform().name("limpet-import").daemon().start(() -> send(pieces, subscriber));
  }

  private void send(Pieces pieces, Subscriber<? super ByteBuffer> subscriber) {
    try {
      CarWriter writer = new CarWriter(pieces, List.of());
      ImportedRoot root = importer.apply(block -> write(writer, block));
      pieces.flush();
      imported.complete(root);
      subscriber.onComplete();
    } catch (IOException | RuntimeException | Error e) {
      imported.completeExceptionally(e);
      subscriber.onError(e);
    }
  }

  private static void write(CarWriter writer, Block block) {
    try {
      writer.write(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What was imported, when the server has answered.
   *
   * @throws IOException when it answered before it had all
   */
  ImportedRoot imported() throws IOException {
    if (!imported.isDone()) {
      throw new IOException("it answered before it had all");
    }
    try {
      return imported.get();
    } catch (ExecutionException e) {
      throw new IOException("it answered although the data broke off", e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("what is done is not waited for", e);
    }
  }

  /** Throws what the import failed with, if it did. */
  void throwFailure() {
    if (imported.isCompletedExceptionally()
        && imported.exceptionNow() instanceof ContentException cause) {
      throw cause;
    }
  }

  /** Blocks are not modified, so that their arrays are sent as they are. */
  private static final class Pieces extends OutputStream implements Subscription {
    private final Subscriber<? super ByteBuffer> subscriber;
    private final Semaphore asked = new Semaphore(0);
    private volatile boolean cancelled;
    private byte[] joined = new byte[PIECE_BYTES];
    private int count;

    Pieces(Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long pieces) {
      // More than that is never under way.
      asked.release(Math.clamp(pieces, 0, Short.MAX_VALUE));
    }

    @Override
    public void cancel() {
      cancelled = true;
      asked.release();
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > joined.length - count) {
        flush();
      }
      if (length < joined.length) {
        System.arraycopy(bytes, offset, joined, count, length);
        count += length;
        return;
      }
      for (int sent = 0; sent < length; sent += PIECE_BYTES) {
        hand(ByteBuffer.wrap(bytes, offset + sent, Math.min(PIECE_BYTES, length - sent)));
      }
    }

    @Override
    public void flush() throws IOException {
      if (count > 0) {
        hand(ByteBuffer.wrap(joined, 0, count));
        joined = new byte[PIECE_BYTES];
        count = 0;
      }
    }

    private void hand(ByteBuffer piece) throws IOException {
      try {
        asked.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      if (cancelled) {
        throw new IOException("the server takes no more");
      }
      subscriber.onNext(piece);
    }
  }
}
