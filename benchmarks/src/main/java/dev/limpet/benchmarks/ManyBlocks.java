package dev.limpet.benchmarks;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.store.KeptImport;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.SyncRule;
import dev.limpet.protocol.config.FolderFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills the folder of a node with very many small blocks: DAGs of {@link #LEAVES} blocks of {@link
 * #LEAF_BYTES} bytes under one root, each kept by a pin with a name, as clients of a node would.
 *
 * <p>Arguments: the folder, and the number of DAGs. Prints the root of each.
 */
public final class ManyBlocks {
  private static final int LEAVES = 9_999;
  private static final int LEAF_BYTES = 32;
  private static final long QUOTA = 1L << 40;
  private static final long SMALL_QUOTA = 1L << 30;

  private ManyBlocks() {}

  /** Fills. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    FolderFormat.claim(folder, FolderFormat.NODE);
    long dags = Long.parseLong(arguments[1]);
    NodeStore.Quotas quotas = new NodeStore.Quotas(QUOTA, SMALL_QUOTA, SMALL_QUOTA, 0);
    try (NodeStore store = NodeStore.open(folder, quotas, SyncRule.ALWAYS)) {
      for (long number = 0; number < dags; number++) {
        System.out.println(add(store, number));
      }
    }
  }

  private static String add(NodeStore store, long number) {
    List<Ipld> links = new ArrayList<>(LEAVES);
    try (KeptImport taking = store.kept().begin()) {
      for (long i = 0; i < LEAVES; i++) {
        byte[] bytes = ByteBuffer.allocate(LEAF_BYTES).putLong(number).putLong(i).array();
        Block leaf = Block.of(Multicodec.RAW, bytes);
        taking.put(leaf);
        links.add(new Ipld.LinkNode(leaf.cid()));
      }
      Block root = Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(links)));
      taking.put(root);
      return taking.keep(root.cid(), "dag " + number).root().toString();
    }
  }
}
