package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The DAG of a number, always the same: a root and one to five leaves, some of which other DAGs
 * have as well, so that a collection must tell them apart from garbage.
 *
 * @param number which
 * @param blocks the root, then the leaves
 */
record CrashDag(long number, List<Block> blocks) {
  private static final int MOST_LEAVES = 5;
  private static final int MOST_BYTES = 20_000;
  private static final int SHARED_LEAVES = 12;

  static CrashDag of(long number) {
    Random random = new Random(number);
    List<Block> leaves = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_LEAVES);
    for (int i = 0; i < count; i++) {
      boolean shared = random.nextInt(4) == 0;
      leaves.add(leaf(shared ? new Random(random.nextInt(SHARED_LEAVES)) : random));
    }
    List<Ipld> links = new ArrayList<>(List.of(new Ipld.Int(number)));
    leaves.forEach(leaf -> links.add(new Ipld.LinkNode(leaf.cid())));
    byte[] root = DagCbor.encode(new Ipld.ListNode(links));
    leaves.addFirst(Block.of(Multicodec.DAG_CBOR, root));
    return new CrashDag(number, leaves);
  }

  private static Block leaf(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(MOST_BYTES)];
    random.nextBytes(bytes);
    return Block.of(Multicodec.RAW, bytes);
  }

  Cid root() {
    return blocks.getFirst().cid();
  }

  InputStream car() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, List.of(root()));
    for (Block block : blocks) {
      writer.write(block);
    }
    return new ByteArrayInputStream(out.toByteArray());
  }
}
