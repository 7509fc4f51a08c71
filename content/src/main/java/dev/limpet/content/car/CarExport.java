package dev.limpet.content.car;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes whole DAGs, and what proves where a path leads. */
public final class CarExport {
  private CarExport() {}

  /**
   * Writes everything below a root, depth first, each block where it is first seen; blocks of
   * identity CIDs are left out, since their CIDs hold them.
   *
   * @param blocks holds the DAG
   * @param root the one root of the CAR
   * @param out receives it; neither flushed nor closed
   * @throws dev.limpet.content.block.BlockNotFoundException when a block is missing; what was
   *     written before is a cut CAR
   * @throws IOException when the stream fails
   */
  public static void write(BlockSource blocks, Cid root, OutputStream out) throws IOException {
    below(blocks, root, new CarWriter(out, List.of(root)));
  }

  /**
   * Adds everything below a root to a CAR, as {@link #write(BlockSource, Cid, OutputStream)} does.
   *
   * @throws dev.limpet.content.block.BlockNotFoundException when a block is missing
   * @throws IOException when the stream fails
   */
  public static void below(BlockSource blocks, Cid root, CarWriter writer) throws IOException {
    try {
      Dag.walk(
          blocks,
          root,
          DagLimits.standard(),
          (cid, bytes) -> {
            if (!cid.isIdentity()) {
              write(writer, new Block(cid, bytes));
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException("the CAR could not be written on", e);
    }
  }

  /**
   * Writes what a peer needs that has nothing: first the blocks of the directories along the path,
   * so that it can check from the root that the path leads there, then everything below, as {@link
   * #write(BlockSource, Cid, OutputStream)} does.
   *
   * @param blocks holds the DAG
   * @param path the path
   * @param target what the path names: the one root of the CAR
   * @param out receives it; neither flushed nor closed
   * @throws dev.limpet.content.block.BlockNotFoundException when a block is missing
   * @throws dev.limpet.content.block.PathNotFoundException when the path leads nowhere
   * @throws IOException when the stream fails
   */
  public static void write(BlockSource blocks, ContentPath path, Cid target, OutputStream out)
      throws IOException {
    CarWriter writer = new CarWriter(out, List.of(target));
    Set<Cid> written = new HashSet<>(Set.of(target));
    BlockSource copied =
        cid -> {
          byte[] bytes = blocks.get(cid);
          if (bytes != null && !cid.isIdentity() && written.add(cid)) {
            write(writer, new Block(cid, bytes));
          }
          return bytes;
        };
    try {
      UnixFsEntry _ = new UnixFsReader(copied).resolve(path);
    } catch (UncheckedIOException e) {
      throw new IOException("the CAR could not be written on", e);
    }
    below(blocks, target, writer);
  }

  private static void write(CarWriter writer, Block block) {
    try {
      writer.write(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
