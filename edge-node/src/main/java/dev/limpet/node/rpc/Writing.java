package dev.limpet.node.rpc;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Pin;
import dev.limpet.content.cid.Cid;
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
    uploads.run(
        call.options().flag(false, "pin"),
        (sink, kept) -> {
          each(parts, reading, sink, all);
          if (kept != null) {
            for (Told put : all) {
              Pin pin = kept.keep(put.cid, "");
              uploads.counted(Math.max(0, pin.dagSize()));
            }
          }
        });
    if (all.isEmpty()) {
      throw RpcException.noFile(argument);
    }
    call.answer().beginLines();
    for (Told put : all) {
      call.acted(put.cid.toString(), "1 block");
      call.answer().put(put.line);
    }
  }

  private static void each(Multipart parts, Reading reading, BlockSink sink, List<Told> all)
      throws IOException {
    for (Part part = parts.next(); part != null; part = parts.next()) {
      if (all.size() == MAX_PUT_BLOCKS) {
        throw RpcException.failed("at most " + MAX_PUT_BLOCKS + " blocks can be put at once");
      }
      Put put = reading.read(part);
      sink.put(put.block);
      all.add(new Told(put.block.cid(), put.line));
    }
  }
}
