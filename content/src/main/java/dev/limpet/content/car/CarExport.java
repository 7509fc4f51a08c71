package dev.limpet.content.car;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

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
    each(visitor -> Dag.walk(blocks, root, DagLimits.standard(), visitor), writer);
  }

  /**
   * Writes what is here of a DAG, as {@link #write(BlockSource, Cid, OutputStream)} does with a
   * whole one; what is missing is left out, with all below it.
   *
   * @throws IOException when the stream fails
   */
  public static void writeHere(BlockSource blocks, Cid root, OutputStream out) throws IOException {
    CarWriter writer = new CarWriter(out, List.of(root));
    each(visitor -> Dag.walkHere(blocks, root, DagLimits.standard(), visitor), writer);
  }

  private static void each(Consumer<Dag.Visitor> walk, CarWriter writer) throws IOException {
    try {
      walk.accept(
          (cid, bytes) -> {
            if (!cid.isIdentity()) {
              write(writer, new Block(cid, bytes));
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException("the CAR could not be written on", e);
    }
  }

  private static void write(CarWriter writer, Block block) {
    try {
      writer.write(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
