package dev.limpet.content.block;

import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A store with very many small blocks, in a process of its own: {@code fill FOLDER COUNT} puts them
 * and closes, {@code open FOLDER COUNT} opens and reads some; each prints what that took.
 */
final class ManyBlocksMain {
  /** Each block: its number, and nothing else of use. */
  private static final int BLOCK_BYTES = 32;

  private static final int READS = 100_000;

  private ManyBlocksMain() {}

  /** Arguments: fill or open, folder, number of blocks. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    long count = Long.parseLong(arguments[2]);
    long started = cpuNanos();
    try (PackBlockstore store = PackBlockstore.open(folder, PackOptions.store(1L << 40))) {
      System.out.println("open CPU ms " + (cpuNanos() - started) / 1_000_000);
      if (arguments[0].equals("fill")) {
        for (long i = 0; i < count; i++) {
          store.put(block(i));
        }
      } else {
        readSome(store, count);
      }
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      System.out.println("blocks " + store.blocks());
      System.out.println("heap MiB " + ((runtime.totalMemory() - runtime.freeMemory()) >> 20));
      System.out.println("resident MiB " + residentMiB());
      System.out.println("disk MiB " + (store.storedBytes() >> 20));
    }
    System.out.println("CPU ms " + cpuNanos() / 1_000_000);
  }

  private static void readSome(PackBlockstore store, long count) {
    Random random = new Random(1);
    long started = cpuNanos();
    for (int i = 0; i < READS; i++) {
      Block block = block((long) (random.nextDouble() * count));
      byte[] bytes = store.get(block.cid());
      if (!Arrays.equals(bytes, block.bytes())) {
        throw new IllegalStateException("a block is missing");
      }
    }
    System.out.println("get CPU ns " + (cpuNanos() - started) / READS);
    started = cpuNanos();
    for (int i = 0; i < READS; i++) {
      if (store.has(block(count + i).cid())) {
        throw new IllegalStateException("a block is here that was never put");
      }
    }
    System.out.println("miss CPU ns " + (cpuNanos() - started) / READS);
  }

  private static Block block(long number) {
    byte[] bytes = ByteBuffer.allocate(BLOCK_BYTES).putLong(number).array();
    return Block.of(Multicodec.RAW, bytes);
  }

  private static long cpuNanos() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean sun
        ? sun.getProcessCpuTime()
        : 0;
  }

  private static String residentMiB() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "?";
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.toString(Long.parseLong(line.replaceAll("\\D", "")) >> 10);
      }
    }
    return "?";
  }
}
