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
  private static final int TAG_CHARS = 16;

  private final NodeStore store;
  private final BlockSource data;

  CarAnswer(NodeStore store) {
    this.store = store;
    this.data = store.data();
  }

  void answer(Asked asked) throws IOException {
    CarSelection selection = CarSelection.of(asked.query(), asked.wish());
    long bytes = requireAll(asked, selection);
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
    OutputStream out = exchange.chunks(200);
    BlockSource blocks = new PassingBlocks(data, bytes < 0 ? Long.MAX_VALUE : bytes);
    write(asked.cid(), new Blocks(blocks, path), selection, out);
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

  /** Refuses what is not here whole; returns about how many bytes it has, or -1. */
  private long requireAll(Asked asked, CarSelection selection) {
    Cid cid = asked.cid();
    return switch (selection.scope()) {
      case BLOCK -> require(cid);
      case ENTITY -> {
        long[] bytes = {0};
        EntityBlocks.walk(data, cid, selection.span(), false, each -> bytes[0] += require(each));
        yield bytes[0];
      }
      case ALL -> {
        require(cid);
        store.requireWhole(cid);
        yield store.dagSize(cid);
      }
    };
  }

  private long require(Cid cid) {
    long bytes = data.sizeOf(cid);
    if (bytes < 0) {
      throw new BlockNotFoundException(cid);
    }
    return bytes;
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

  /**
   * What a CAR is made of.
   *
   * @param source gives each until the next
   * @param path those that lead to the root
   */
  private record Blocks(BlockSource source, Set<Cid> path) {}

  private static void write(Cid root, Blocks from, CarSelection selection, OutputStream out)
      throws IOException {
    CarWriter writer = new CarWriter(out, List.of(root));
    BlockSource blocks = from.source();
    try {
      from.path().forEach(cid -> write(writer, cid, blocks.require(cid)));
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
