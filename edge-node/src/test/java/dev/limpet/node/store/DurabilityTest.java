package dev.limpet.node.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ForwardingStore;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinSet;
import dev.limpet.protocol.config.FreeDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged was flushed before, as the rule says, and its blocks before its pin. */
class DurabilityTest {
  private static final long QUOTA = 1 << 20;

  @TempDir private Path folder = Path.of("");

  private final AtomicInteger unflushed = new AtomicInteger();
  private final AtomicInteger flushes = new AtomicInteger();
  private PackBlockstore pack;
  private PinSet pins;
  private int pinsAtFlush;

  @BeforeEach
  void open() {
    pack = PackBlockstore.open(folder.resolve("blocks"), PackOptions.store(QUOTA));
    pins = PinSet.open(folder.resolve("pins"));
  }

  @AfterEach
  void close() {
    pack.close();
    pins.close();
  }

  /** Knows what a power cut would take. */
  private final class Counted extends ForwardingStore {
    private Counted() {
      super(pack);
    }

    @Override
    public void put(Block block) {
      super.put(block);
      unflushed.incrementAndGet();
    }

    @Override
    public void sync() {
      super.sync();
      pinsAtFlush = pins.list().size();
      flushes.incrementAndGet();
      unflushed.set(0);
    }
  }

  /** Does something with the DAGs of a node that has this rule. */
  private interface Work {
    void with(KeptDags dags) throws IOException;
  }

  private void run(SyncRule rule, Work work) throws IOException {
    Counted kept = new Counted();
    Collector.Parts parts =
        new Collector.Parts(pack, kept, pins, new Holdings(QUOTA), new Intakes());
    FreeDisk disk = FreeDisk.of(folder, new FreeDisk.Rule(0, "node", "unpin data"));
    KeptDags.Place place = new KeptDags.Place(kept, kept, pins, pack::liveBytes);
    LocalBlocks data = new LocalBlocks(List.of(kept));
    try (Collector collector = new Collector(parts);
        Flusher flusher = new Flusher(rule, kept, pins)) {
      work.with(new KeptDags(place, parts, data, collector, new KeptDags.Disk(disk, flusher)));
    }
  }

  private void assertFlushed(int pinsBefore) {
    assertEquals(0, unflushed.get(), "blocks were acknowledged that are not on the disk");
    assertEquals(pinsBefore, pinsAtFlush, "the pin is written when its blocks are on the disk");
  }

  @Test
  void blocks_are_on_the_disk_before_their_pin_is_written_whatever_pins_them() throws IOException {
    run(
        SyncRule.ALWAYS,
        dags -> {
          dags.add(CrashDag.of(1).car());
          assertFlushed(0);
          CrashDag other = CrashDag.of(2);
          try (KeptImport taken = dags.begin()) {
            other.blocks().forEach(taken::put);
            assertTrue(unflushed.get() > 0);
            assertEquals("b", taken.keep(other.root(), "b").name());
          }
          assertFlushed(1);
          CrashDag third = CrashDag.of(3);
          pack.put(third.blocks().getFirst());
          unflushed.incrementAndGet();
          Pin _ = dags.pinDirect(third.root(), "c");
          assertFlushed(2);
          assertEquals(3, flushes.get(), "once for each");
        });
  }

  @Test
  void nothing_is_flushed_before_an_acknowledgement_where_the_rule_says_so() throws IOException {
    run(
        new SyncRule(SyncRule.Policy.NONE, Duration.ofSeconds(1)),
        dags -> {
          dags.add(CrashDag.of(1).car());
          assertEquals(0, flushes.get());
          assertTrue(unflushed.get() > 0);
        });
    assertEquals(0, unflushed.get(), "the end flushes");
  }

  @Test
  void what_was_acknowledged_is_flushed_now_and_then_where_the_rule_says_so() throws IOException {
    run(
        new SyncRule(SyncRule.Policy.INTERVAL, Duration.ofMillis(5)),
        dags -> {
          dags.add(CrashDag.of(1).car());
          int before = flushes.get();
          await().until(() -> flushes.get() > before + 1 && unflushed.get() == 0);
        });
  }
}
