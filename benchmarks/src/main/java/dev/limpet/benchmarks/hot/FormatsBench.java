package dev.limpet.benchmarks.hot;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What IPFS writes data in, one by one: a DAG-PB node of 174 links, as a file has, a CAR of sixteen
 * blocks of 16 KiB, and the floor of the import of {@link ContentBench}: the same 256 KiB, hashed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xmx512m", "-XX:+UseSerialGC", "-XX:-DontCompileHugeMethods"})
public class FormatsBench {
  private static final int LINKS = 174;
  private static final int BLOCKS = 16;
  private static final int BLOCK_BYTES = 16 << 10;
  private static final byte[] FILE = {8, 2};

  /** The operation. */
  @Param({"dag-pb-decode", "dag-pb-encode", "car-read", "car-write", "sha-256-of-an-import"})
  private String operation = "";

  private HotOperation.Body body = () -> this;

  /** For JMH. */
  public FormatsBench() {}

  /** Makes what the operation works on. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    body = body();
  }

  private HotOperation.Body body() throws IOException {
    Random random = new Random(3);
    byte[] content = new byte[BLOCKS * BLOCK_BYTES];
    random.nextBytes(content);
    PbNode node = node(random);
    byte[] encoded = DagPb.encode(node);
    List<Block> blocks = blocks(content);
    byte[] car = car(blocks);
    return switch (operation) {
      case "dag-pb-decode" -> () -> DagPb.decode(encoded);
      case "dag-pb-encode" -> () -> DagPb.encode(node);
      case "car-read" -> () -> read(car);
      case "car-write" -> () -> written(blocks);
      case "sha-256-of-an-import" -> () -> sha256(content);
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private static PbNode node(Random random) {
    List<PbLink> links = new ArrayList<>();
    byte[] leaf = new byte[32];
    for (int i = 0; i < LINKS; i++) {
      random.nextBytes(leaf);
      links.add(new PbLink(Block.of(Multicodec.RAW, leaf).cid(), "", 1 << 20));
    }
    return new PbNode(links, FILE);
  }

  private static List<Block> blocks(byte[] content) {
    List<Block> blocks = new ArrayList<>();
    for (int at = 0; at < content.length; at += BLOCK_BYTES) {
      byte[] bytes = new byte[BLOCK_BYTES];
      System.arraycopy(content, at, bytes, 0, BLOCK_BYTES);
      blocks.add(Block.of(Multicodec.RAW, bytes));
    }
    return blocks;
  }

  private static byte[] car(List<Block> blocks) throws IOException {
    Cid root = blocks.getFirst().cid();
    ByteArrayOutputStream out = new ByteArrayOutputStream(BLOCKS * BLOCK_BYTES + 4096);
    CarWriter writer = new CarWriter(out, List.of(root));
    for (Block block : blocks) {
      writer.write(block);
    }
    return out.toByteArray();
  }

  private static Object written(List<Block> blocks) {
    try {
      return car(blocks);
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail", e);
    }
  }

  private static Object read(byte[] car) {
    try {
      CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
      int bytes = 0;
      for (Block block = reader.next(); block != null; block = reader.next()) {
        bytes += block.bytes().length;
      }
      return bytes;
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail", e);
    }
  }

  private static Object sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  /** One run. */
  @Benchmark
  public Object run() {
    return body.run();
  }
}
