package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.ByteRange;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A file, or a range of it. What is small leaves in one piece, so that a block that is missing
 * still becomes a proper error; the first piece of a large one is read before its head leaves.
 */
final class FileAnswer {
  private static final int PIECE_BYTES = 64 << 10;

  private final UnixFsReader reader;

  FileAnswer(UnixFsReader reader) {
    this.reader = reader;
  }

  /**
   * Answers with a file.
   *
   * @param name says its type, if it is known
   * @param etag of the answer
   */
  void answer(Exchange exchange, UnixFsFile file, String name, String etag) throws IOException {
    Optional<ByteRange> range = BytesAnswer.range(exchange, etag, file.size());
    ByteRange sent = range.orElse(new ByteRange(0, file.size()));
    exchange.set(HeaderNames.CONTENT_TYPE, type(file, name, range.isPresent()));
    int status = range.isPresent() ? 206 : 200;
    if (exchange.isHead()) {
      exchange.answerHead(status, sent.toExclusive() - sent.from());
    } else {
      send(exchange, status, file, sent);
    }
  }

  /** A range may be here when the first bytes are not, by which the type is found. */
  private String type(UnixFsFile file, String name, boolean ofRange) {
    String byName = ContentTypes.ofName(name);
    if (!byName.isEmpty()) {
      return byName;
    }
    byte[] first = new byte[(int) Math.min(ContentTypes.SNIFFED_BYTES, file.size())];
    try {
      reader.readFully(file, 0, first, 0, first.length);
    } catch (BlockNotFoundException e) {
      if (ofRange) {
        return ContentTypes.BINARY;
      }
      throw e;
    }
    return ContentTypes.ofBytes(first, first.length == file.size());
  }

  private void send(Exchange exchange, int status, UnixFsFile file, ByteRange range)
      throws IOException {
    long length = range.toExclusive() - range.from();
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length)];
    InputStream in = reader.open(file, range.from(), range.toExclusive());
    in.readNBytes(piece, 0, piece.length);
    if (length <= PIECE_BYTES) {
      exchange.answerBytes(status, piece);
      return;
    }
    OutputStream out = exchange.stream(status, length);
    out.write(piece);
    in.transferTo(out);
    out.close();
  }
}
