package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataListener;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.LazyString;
import java.nio.charset.Charset;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads like the server's own reader, and begins another one now and then. The server's links each
 * piece that it has read to the next, for as long as a connection lives: once one of them is old,
 * the collector takes all that follow for alive, and a body moves as a whole into the old
 * generation, which is collected for each 40 MiB of it in a small heap.
 */
class UnchainedReader extends DataReader {
  /** Pieces that are linked to each other at most. */
  private static final int MOST_PIECES = 16;

  private final Supplier<byte @Nullable []> bytes;
  private DataReader pieces;
  private int pulled;
  private byte @Nullable [] rest;
  private Consumer<DataReader> listening = _ -> {};

  /**
   * A reader.
   *
   * @param bytes gives the next piece, or null at the end
   */
  @SuppressWarnings("removal") // a later server makes the reader an interface
  UnchainedReader(Supplier<byte @Nullable []> bytes) {
    super(bytes);
    this.bytes = bytes;
    this.pieces = DataReader.create(this::next);
  }

  private byte @Nullable [] next() {
    byte[] carried = rest;
    rest = null;
    if (carried != null) {
      return carried;
    }
    pulled++;
    return bytes.get();
  }

  /** The reader of now; with what is left of the one before when that has many pieces. */
  private DataReader pieces() {
    if (pulled >= MOST_PIECES) {
      pulled = 0;
      int left = pieces.available();
      rest = left == 0 ? null : pieces.readBytes(left);
      pieces = DataReader.create(this::next);
      listening.accept(pieces);
      if (left > 0) {
        pieces.pullData();
      }
    }
    return pieces;
  }

  @Override
  public int available() {
    return pieces().available();
  }

  @Override
  public void pullData() {
    pieces().pullData();
  }

  @Override
  public void skip(int length) {
    pieces().skip(length);
  }

  @Override
  public void ensureAvailable() {
    pieces().ensureAvailable();
  }

  @Override
  public byte read() {
    return pieces().read();
  }

  @Override
  public byte lookup() {
    return pieces().lookup();
  }

  @Override
  public boolean startsWithNewLine() {
    return pieces().startsWithNewLine();
  }

  @Override
  public boolean startsWith(byte[] prefix) {
    return pieces().startsWith(prefix);
  }

  @Override
  public BufferData readBuffer() {
    return pieces().readBuffer();
  }

  @Override
  public BufferData readBuffer(int length) {
    return pieces().readBuffer(length);
  }

  @Override
  public BufferData getBuffer(int length) {
    return pieces().getBuffer(length);
  }

  @Override
  public LazyString readLazyString(Charset charset, int length) {
    return pieces().readLazyString(charset, length);
  }

  @Override
  public String readAsciiString(int length) {
    return pieces().readAsciiString(length);
  }

  @Override
  public byte[] readBytes(int length) {
    return pieces().readBytes(length);
  }

  @Override
  public String readLine() {
    return pieces().readLine();
  }

  @Override
  public int findOrNewLine(byte wanted, int max) {
    return pieces().findOrNewLine(wanted, max);
  }

  @Override
  public int findNewLine(int max) {
    return pieces().findNewLine(max);
  }

  @Override
  public String debugDataHex() {
    return pieces().debugDataHex();
  }

  @Override
  public <T> void listener(DataListener<T> listener, T context) {
    listening = reader -> reader.listener(listener, context);
    listening.accept(pieces);
  }
}
