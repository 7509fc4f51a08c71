package dev.limpet.benchmarks.swarm;

import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the nodes, their sessions and what they hold take of the heap of a gateway. Arguments:
 * nodes, roots, and how many nodes hold each root.
 */
public final class IndexMemory {
  private static final double MIB = 1 << 20;
  private static final int COLLECTIONS = 4;

  private IndexMemory() {}

  /** Fills and prints; see above. */
  public static void main(String[] args) throws IOException {
    int nodes = Integer.parseInt(args[0]);
    int roots = Integer.parseInt(args[1]);
    int holders = Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory("limpet-bench");
    long before = used();
    try (InnerSwarm swarm = new InnerSwarm(folder, Integer.MAX_VALUE)) {
      swarm.fill(nodes, roots, holders);
      long bytes = used() - before;
      int entries = swarm.index().entries();
      System.out.printf(
          "%d nodes, %d roots, %d holdings: %.1f MiB of heap, %.1f bytes a holding%n",
          nodes, roots, entries, bytes / MIB, (double) bytes / entries);
    } finally {
      FolderTree.remove(folder);
    }
  }

  private static long used() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
