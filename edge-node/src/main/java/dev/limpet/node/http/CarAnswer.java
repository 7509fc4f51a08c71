package dev.limpet.node.http;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.PassingBlocks;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.EntityBlocks;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.node.store.NodeStore;
import io.helidon.http.HeaderNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Blocks as a CAR: those that prove where the path leads, then what is selected of the DAG there.
 * All of them are looked for before the head leaves, without reading leaves, so that what is not
 * here whole is a proper 404; what breaks off later cuts the connection.
 */
final class CarAnswer {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int TAG_CHARS = 16;

  private final NodeStore store;
  private final BlockSource data;

  CarAnswer(NodeStore store) {
    this.store = store;
    this.data = store.data();
  }

  void answer(Asked asked) throws IOException {
    CarSelection selection = CarSelection.of(asked.query(), asked.wish());
    requireAll(asked, selection);
    if (asked.isUnchanged(etag(asked, selection))) {
      return;
    }
    Exchange exchange = asked.exchange();
    exchange.set(HeaderNames.CONTENT_TYPE, selection.mediaType());
    exchange.set(HeaderNames.ACCEPT_RANGES, "none");
    String below = asked.lastName().isEmpty() ? "" : "_" + asked.lastName();
    asked.disposition(false, asked.target().data().root() + below + ".car");
    if (exchange.isHead()) {
      exchange.answerHead(200, -1);
      return;
    }
    Set<Cid> path = path(asked);
    OutputStream out = new BufferedOutputStream(exchange.stream(200, -1), BUFFER_BYTES);
    write(asked.cid(), path, selection, out);
    out.close(); // only now: a CAR that broke off must not end cleanly
  }

  /** Equal requests have equal CARs; the tag is weak, since other servers may order differently. */
  private static String etag(Asked asked, CarSelection selection) {
    String differs =
        String.join("/", asked.target().data().path()) + " " + selection.mediaType() + selection;
    String hash = Cid.of(Multicodec.RAW, differs.getBytes(StandardCharsets.UTF_8)).toString();
    return "W/\""
        + asked.target().data().root()
        + ".car."
        + hash.substring(hash.length() - TAG_CHARS)
        + "\"";
  }

  private void requireAll(Asked asked, CarSelection selection) {
    Cid cid = asked.cid();
    switch (selection.scope()) {
      case BLOCK -> require(cid);
      case ENTITY -> EntityBlocks.walk(data, cid, selection.span(), false, this::require);
      case ALL -> {
        require(cid);
        store.requireWhole(cid);
      }
    }
  }

  private void require(Cid cid) {
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
  }

  /** The blocks that lead to the end of the path, without it. */
  private Set<Cid> path(Asked asked) {
    Set<Cid> path = new LinkedHashSet<>();
    if (!asked.target().data().path().isEmpty()) {
      BlockSource watched =
          cid -> {
            path.add(cid);
            return data.get(cid);
          };
      ContentPaths.Followed _ = new ContentPaths(watched).follow(asked.target().data());
      path.remove(asked.cid());
    }
    return path;
  }

  private void write(Cid root, Set<Cid> path, CarSelection selection, OutputStream out)
      throws IOException {
    CarWriter writer = new CarWriter(out, List.of(root));
    BlockSource blocks = new PassingBlocks(data, Long.MAX_VALUE);
    try {
      path.forEach(cid -> write(writer, cid, blocks.require(cid)));
      switch (selection.scope()) {
        case BLOCK -> write(writer, root, blocks.require(root));
        case ENTITY ->
            EntityBlocks.walk(
                blocks,
                root,
                selection.span(),
                selection.repeats(),
                cid -> write(writer, cid, blocks.require(cid)));
        case ALL -> {
          if (selection.repeats()) {
            Dag.walkEach(blocks, root, DagLimits.standard(), (c, bytes) -> write(writer, c, bytes));
          } else {
            Dag.walk(blocks, root, DagLimits.standard(), (c, bytes) -> write(writer, c, bytes));
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw new IOException("the CAR could not be written on", e);
    }
  }

  /** An identity CID has its block within it. */
  private static void write(CarWriter writer, Cid cid, byte[] bytes) {
    if (!cid.isIdentity()) {
      try {
        writer.write(new Block(cid, bytes));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
