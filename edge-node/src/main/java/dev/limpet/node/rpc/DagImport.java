package dev.limpet.node.rpc;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Pin;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.KeptImport;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * {@code dag/import}: the blocks of CARs, whose roots are kept unless the caller says otherwise.
 */
final class DagImport implements Command {
  /** Roots of all CARs of one request. */
  static final int MAX_IMPORT_ROOTS = 10_000;

  private static final int BUFFER_BYTES = 64 << 10;

  private static final String FILES = "path";

  private final Uploads uploads;

  DagImport(Uploads uploads) {
    this.uploads = uploads;
  }

  /** What came so far. */
  private static final class Came {
    private final Set<Cid> roots = new LinkedHashSet<>();
    private long blocks;
    private long bytes;
  }

  @Override
  public void run(Call call) throws IOException {
    Multipart cars = call.files(Uploads.MAX_UPLOAD_BYTES, FILES);
    Came came = new Came();
    uploads.run(
        pinned(call.options()),
        (sink, kept) -> {
          read(cars, sink, came);
          call.answer().beginLines();
          if (kept != null) {
            for (Cid root : came.roots) {
              pin(call, kept, root);
            }
          }
        });
    call.acted(
        String.join(" ", came.roots.stream().map(Cid::toString).toList()), came.bytes + " bytes");
    if (call.options().flag(false, "stats")) {
      JsonObject stats =
          new JsonObject().put("BlockCount", came.blocks).put("BlockBytesCount", came.bytes);
      call.answer().put(new JsonObject().put("Stats", stats));
    }
  }

  /** A CAR that is not whole has no roots that can be kept. */
  private static boolean pinned(Options options) {
    boolean whole = !options.flag(false, "local-only");
    if (!whole && options.flag(false, "pin-roots")) {
      throw RpcException.failed(
          "--local-only implies --pin-roots=false and cannot be combined with --pin-roots=true;"
              + " please drop one of them");
    }
    return whole && options.flag(true, "pin-roots");
  }

  private void read(Multipart cars, BlockSink sink, Came came) throws IOException {
    int parts = 0;
    for (Part part = cars.next(); part != null; part = cars.next()) {
      parts++;
      try (InputStream in = uploads.ahead(part.body())) {
        read(in, sink, came);
      }
    }
    if (parts == 0) {
      throw RpcException.noFile(FILES);
    }
  }

  private static void read(InputStream in, BlockSink sink, Came came) throws IOException {
    CarReader reader =
        new CarReader(new BufferedInputStream(in, BUFFER_BYTES), CarLimits.unbounded());
    came.roots.addAll(reader.roots());
    if (came.roots.size() > MAX_IMPORT_ROOTS) {
      throw RpcException.failed("at most " + MAX_IMPORT_ROOTS + " roots can be imported at once");
    }
    for (Block block = reader.nextFor(sink); block != null; block = reader.nextFor(sink)) {
      if (!block.cid().isIdentity()) {
        sink.put(block);
        came.blocks++;
        came.bytes += block.bytes().length;
      }
    }
  }

  /** A root that is not whole is told, and the others are kept all the same. */
  private void pin(Call call, KeptImport kept, Cid root) throws IOException {
    String error = "";
    try {
      Pin pin = kept.keep(root, "");
      uploads.counted(Math.max(0, pin.dagSize()));
    } catch (LimpetException e) {
      if (e.problem().code() != ErrorCode.DATA_NOT_FOUND) {
        throw e;
      }
      error = Failure.text(e.problem());
    }
    JsonObject told = new JsonObject().put("Cid", JsonObject.link(root)).put("PinErrorMsg", error);
    call.answer().put(new JsonObject().put("Root", told));
  }
}
