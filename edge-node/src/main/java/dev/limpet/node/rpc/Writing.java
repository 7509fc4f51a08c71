package dev.limpet.node.rpc;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.Pin;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.KeptImport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What {@code block/put} and {@code dag/put} have in common: parts that each are one block. */
final class Writing {
  /** Blocks of one request, whose lines are told at its end. */
  static final int MAX_PUT_BLOCKS = 10_000;

  private final Uploads uploads;

  Writing(Uploads uploads) {
    this.uploads = uploads;
  }

  /** A block, and what is told of it. */
  record Put(Block block, JsonObject line) {}

  private record Told(Cid cid, JsonObject line) {}

  /** Makes a block of a part. */
  interface Reading {
    Put read(Part part) throws IOException;
  }

  /** Puts all parts, and tells of each when all are on the disk. */
  void put(Call call, String argument, Reading reading) throws IOException {
    Multipart parts = call.files(Uploads.MAX_UPLOAD_BYTES, argument);
    List<Told> all = new ArrayList<>();
    try (Uploads.Turn _ = uploads.turn()) {
      if (call.options().flag(false, "pin")) {
        uploads.requireRoom();
        try (KeptImport kept = uploads.begin()) {
          each(parts, reading, put -> kept.put(put.block), all);
          for (Told put : all) {
            Pin pin = kept.keep(put.cid, "");
            uploads.counted(Math.max(0, pin.dagSize()));
          }
        }
        uploads.awaitTold();
      } else {
        each(parts, reading, put -> uploads.loose().put(put.block), all);
        uploads.syncLoose();
      }
    }
    if (all.isEmpty()) {
      throw RpcException.usage("file argument '" + argument + "' is required");
    }
    call.answer().beginLines();
    for (Told put : all) {
      call.acted(put.cid.toString(), "1 block");
      call.answer().put(put.line);
    }
  }

  private interface Sink {
    void take(Put put);
  }

  private static void each(Multipart parts, Reading reading, Sink sink, List<Told> all)
      throws IOException {
    for (Part part = parts.next(); part != null; part = parts.next()) {
      if (all.size() == MAX_PUT_BLOCKS) {
        throw RpcException.failed("at most " + MAX_PUT_BLOCKS + " blocks can be put at once");
      }
      Put put = reading.read(part);
      sink.take(put);
      all.add(new Told(put.block.cid(), put.line));
    }
  }
}
