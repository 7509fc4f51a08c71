package dev.limpet.node.invoke;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.ByteSpan;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.EntityBlocks;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.node.retrieval.TrustlessAnswer;
import dev.limpet.node.retrieval.TrustlessGateway;
import dev.limpet.node.retrieval.TrustlessGateways;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trustless gateway outside. It is asked for a CAR; one that has no CARs, for one block after the
 * other, of which none comes twice.
 *
 * @param gateway which
 * @param gateways how it is asked
 * @param data takes what it sends
 */
record OutsideSource(TrustlessGateway gateway, TrustlessGateways gateways, LocalData data)
    implements DataSource {
  private static final String CAR = "application/vnd.ipld.car";
  private static final String CAR_WANTED = CAR + "; version=1; order=dfs; dups=n";
  private static final String RAW = "application/vnd.ipld.raw";
  private static final int OK = 200;

  /** A gateway that answers so to a CAR may have blocks all the same. */
  private static final Set<Integer> NO_CAR = Set.of(400, 405, 406, 415, 501);

  private static final Set<Integer> NOT_THERE = Set.of(404, 410);

  private static final DagLimits EVERYTHING =
      new DagLimits(CarIntake.MAX_EXPECTED_BLOCKS, DagLimits.MAX_WALK_DEPTH);

  @Override
  public void fetch(Part part, DataFetch.Order order) {
    if (!car(part, order)) {
      blocks(part, order);
    }
  }

  /** Whether it sends CARs at all. */
  private boolean car(Part part, DataFetch.Order order) {
    order.check();
    try (FetchMeter.Transfer transfer = order.meter().transfer();
        TrustlessAnswer answer =
            gateways.get(gateway, part.carTarget(), CAR_WANTED, order.deadline().left())) {
      boolean isCar = answer.mediaType().equals(CAR);
      if (NO_CAR.contains(answer.status()) || (answer.status() == OK && !isCar)) {
        return false;
      }
      check(answer);
      CarReader reader =
          new CarReader(new MeteredBody(answer.body(), transfer), CarLimits.unbounded());
      new CarIntake(part.ref().root(), data.fetched()).read(reader, order.each(transfer));
      return true;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Block by block, those that are not here. */
  private void blocks(Part part, DataFetch.Order order) {
    Cid end = resolve(part, order);
    if (end == null) {
      return; // there is no such path: what is here proves it
    }
    if (part.to() == END) {
      Dag.walk(cid -> block(cid, order), end, EVERYTHING, (_, _) -> {});
    } else {
      ByteSpan span = new ByteSpan(part.from(), part.to() - 1);
      EntityBlocks.walk(cid -> block(cid, order), end, span, false, cid -> require(cid, order));
    }
  }

  /** What the path leads to; null when it leads nowhere. */
  private @Nullable Cid resolve(Part part, DataFetch.Order order) {
    ContentPath path = new ContentPath(part.ref().root(), part.ref().path());
    for (int fetched = 0; fetched < CarIntake.MAX_EXPECTED_BLOCKS; fetched++) {
      try {
        return new UnixFsReader(data.blocks()).resolve(path).cid();
      } catch (BlockNotFoundException e) {
        byte[] _ = block(e.cid(), order);
      } catch (PathNotFoundException e) {
        return null;
      }
    }
    throw new ContentLimitException("the path " + part.ref() + " leads through too many blocks");
  }

  private void require(Cid cid, DataFetch.Order order) {
    if (data.blocks().sizeOf(cid) < 0) {
      byte[] _ = block(cid, order);
    }
  }

  private byte[] block(Cid cid, DataFetch.Order order) {
    byte[] here = data.blocks().get(cid);
    if (here != null) {
      return here;
    }
    order.check();
    try (FetchMeter.Transfer transfer = order.meter().transfer();
        TrustlessAnswer answer =
            gateways.get(gateway, "/ipfs/" + cid + "?format=raw", RAW, order.deadline().left())) {
      check(answer);
      MeteredBody body = new MeteredBody(answer.body(), transfer);
      byte[] bytes = body.readNBytes(Block.MAX_BLOCK_BYTES + 1);
      if (bytes.length > Block.MAX_BLOCK_BYTES) {
        throw new IOException("what it sends is larger than a block");
      }
      Block block = Block.verified(cid, bytes);
      data.fetched().put(block);
      transfer.ended(block);
      return block.bytes();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void check(TrustlessAnswer answer) {
    int status = answer.status();
    if (NOT_THERE.contains(status)) {
      throw new LimpetException(ErrorCode.NOT_FOUND, gateway + " does not have it");
    }
    if (status != OK) {
      String more = status / 100 == 3 ? ", and redirects are not followed" : "";
      throw new LimpetException(
          ErrorCode.NODE_FAILED, gateway + " answered with status " + status + more);
    }
  }

  private LimpetException broken(IOException e) {
    return new LimpetException(
        ErrorCode.NODE_FAILED, gateway + " broke off while it sent data: " + e.getMessage(), e);
  }

  /** As it is named in messages. */
  @Override
  public String toString() {
    return gateway.toString();
  }
}
