package dev.limpet.node.http;

import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
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

  void answer(Exchange exchange, UnixFsFile file, String name) throws IOException {
    exchange.set(HeaderNames.ACCEPT_RANGES, "bytes");
    ByteRange whole = new ByteRange(0, file.size());
    Optional<ByteRange> range = range(exchange, file);
    if (range.isPresent()) {
      exchange.set(HeaderNames.CONTENT_RANGE, contentRange(range.get(), file));
    }
    ByteRange sent = range.orElse(whole);
    exchange.set(HeaderNames.CONTENT_TYPE, type(file, name));
    int status = range.isPresent() ? 206 : 200;
    if (exchange.isHead()) {
      exchange.answerHead(status, sent.toExclusive() - sent.from());
    } else {
      send(exchange, status, file, sent);
    }
  }

  private static Optional<ByteRange> range(Exchange exchange, UnixFsFile file) {
    String ifRange = exchange.header(HeaderNames.IF_RANGE);
    if (ifRange != null && !ifRange.strip().equals("\"" + file.cid() + "\"")) {
      return Optional.empty();
    }
    Optional<ByteRange> range =
        exchange.joined(HeaderNames.RANGE).flatMap(r -> ByteRange.parse(r, file.size()));
    if (range.isPresent() && !range.get().isSatisfiable()) {
      exchange.set(HeaderNames.CONTENT_RANGE, "bytes */" + file.size());
      throw new LimpetException(
          ErrorCode.RANGE_NOT_SATISFIABLE, "the file has " + file.size() + " bytes");
    }
    return range;
  }

  private static String contentRange(ByteRange range, UnixFsFile file) {
    return "bytes " + range.from() + "-" + (range.toExclusive() - 1) + "/" + file.size();
  }

  private String type(UnixFsFile file, String name) {
    String byName = ContentTypes.ofName(name);
    if (!byName.isEmpty()) {
      return byName;
    }
    byte[] first = new byte[(int) Math.min(ContentTypes.SNIFFED_BYTES, file.size())];
    reader.readFully(file, 0, first, 0, first.length);
    return ContentTypes.ofBytes(first);
  }

  private void send(Exchange exchange, int status, UnixFsFile file, ByteRange range)
      throws IOException {
    long length = range.toExclusive() - range.from();
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length)];
    InputStream in = reader.open(file, range.from(), range.toExclusive());
    int read = in.readNBytes(piece, 0, piece.length);
    if (length <= PIECE_BYTES) {
      exchange.answerBytes(status, piece);
      return;
    }
    OutputStream out = exchange.stream(status, length);
    while (read > 0) {
      out.write(piece, 0, read);
      read = in.readNBytes(piece, 0, piece.length);
    }
    out.close();
  }
}
