package dev.limpet.node.memo;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ExecutionId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerMemoTest {
  private static final long QUOTA = 64 << 10;
  private static final int MANY = 1000;

  @TempDir private Path dir;

  private AnswerMemo open() {
    return AnswerMemo.open(dir, QUOTA, _ -> true);
  }

  private static Cid task(int number) {
    return Cid.of(Multicodec.DAG_CBOR, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  private static MemoAnswer answer(int seed, int bytes) {
    byte[] body = new byte[bytes];
    new Random(seed).nextBytes(body);
    return new MemoAnswer(
        201,
        "text/x",
        List.of(Map.entry("X-A", "b"), Map.entry("X-A", "ü")),
        body,
        new MemoAnswer.Origin(ExecutionId.random(), 7, 65536, task(-1)));
  }

  private static void assertSame(MemoAnswer kept, MemoAnswer found) {
    assertEquals(kept.status(), found.status());
    assertEquals(kept.contentType(), found.contentType());
    assertEquals(kept.lines(), found.lines());
    assertEquals(kept.origin(), found.origin());
    assertArrayEquals(kept.body(), found.body());
  }

  private Path only(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void what_is_kept_is_found_at_once_and_after_a_restart() {
    MemoAnswer first = answer(1, 100);
    MemoAnswer empty = answer(2, 0);
    try (AnswerMemo memo = open()) {
      assertNull(memo.find(task(1)));
      memo.keep(task(1), first);
      memo.keep(task(2), empty);
      assertSame(first, Objects.requireNonNull(memo.find(task(1))));
    }
    try (AnswerMemo memo = open()) {
      assertSame(first, Objects.requireNonNull(memo.find(task(1))));
      assertSame(empty, Objects.requireNonNull(memo.find(task(2))));
      assertNull(memo.find(task(3)));
      assertEquals(2, memo.entries());
    }
  }

  @Test
  void a_later_answer_of_a_task_takes_the_place_of_the_earlier_one() {
    MemoAnswer later = answer(2, 50);
    try (AnswerMemo memo = open()) {
      memo.keep(task(1), answer(1, 100));
      memo.keep(task(1), later);
    }
    try (AnswerMemo memo = open()) {
      assertSame(later, Objects.requireNonNull(memo.find(task(1))));
      assertEquals(1, memo.entries());
    }
  }

  @Test
  void within_the_quota_what_is_used_stays_and_the_rest_goes() throws IOException {
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
      assertTrue(files.append(task(0), answer(0, 1000)));
      for (int i = 1; i < 300; i++) {
        assertTrue(files.append(task(i), answer(i, 1000)));
        assertTrue(files.storedBytes() <= QUOTA, () -> files.storedBytes() + " bytes");
        assertNotNull(files.find(task(0)), "the one that is used");
      }
      assertNull(files.find(task(1)));
      assertNotNull(files.find(task(299)));
    }
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
      MemoAnswer used = Objects.requireNonNull(files.find(task(0)));
      assertArrayEquals(answer(0, 1000).body(), used.body());
    }
  }

  @Test
  void a_small_heap_keeps_fewer_answers_those_that_are_used() throws IOException {
    int most = 20;
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, most)) {
      for (int i = 0; i < 300; i++) {
        assertTrue(files.append(task(i), answer(i, 10)));
        assertTrue(files.entries() <= most, () -> files.entries() + " answers");
        assertNotNull(files.find(task(0)), "the one that is used");
      }
      assertNotNull(files.find(task(299)));
    }
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, 2)) {
      assertTrue(files.entries() <= 2, () -> files.entries() + " answers");
    }
    assertEquals(16_384, MemoFiles.mostEntries(64 << 20));
    assertEquals(MemoFiles.MAX_MEMO_ENTRIES, MemoFiles.mostEntries(1L << 40));
  }

  @Test
  void a_digest_is_the_whole_of_a_task_and_of_nothing_else() {
    Cid task = task(7);
    assertEquals(task, TaskDigest.of(task).cid());
    Cid data = Cid.v1(Multicodec.RAW, task.multihash());
    assertThrows(IllegalArgumentException.class, () -> TaskDigest.of(data));
    Cid old = Cid.v0(task.multihash());
    assertThrows(IllegalArgumentException.class, () -> TaskDigest.of(old));
  }

  @Test
  void a_smaller_quota_at_the_next_start_is_kept_too() throws IOException {
    fill(40);
    try (MemoFiles files = MemoFiles.open(dir, QUOTA / 4, MANY)) {
      assertTrue(files.storedBytes() <= QUOTA / 4, () -> files.storedBytes() + " bytes");
      assertNotNull(files.find(task(39)));
    }
  }

  private void fill(int answers) throws IOException {
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
      for (int i = 0; i < answers; i++) {
        assertTrue(files.append(task(i), answer(i, 1000)));
      }
    }
  }

  @Test
  void a_torn_tail_takes_only_what_it_tore() throws IOException {
    fill(3);
    Path file = only(".memo");
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 1; cut < whole.length; cut += 97) {
      Files.write(file, Arrays.copyOf(whole, whole.length - cut));
      try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
        for (int i = 0; i < 3; i++) {
          MemoAnswer found = files.find(task(i));
          if (found != null) {
            assertArrayEquals(answer(i, 1000).body(), found.body());
          }
        }
        assertEquals((whole.length - cut) / (whole.length / 3), files.entries());
        assertTrue(files.append(task(9), answer(9, 10)));
        assertNotNull(files.find(task(9)));
      }
    }
  }

  @Test
  void no_damaged_byte_is_ever_given() throws IOException {
    fill(2);
    Path file = only(".memo");
    byte[] whole = Files.readAllBytes(file);
    long seed = 20261126;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      int intact = 0;
      try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
        for (int i = 0; i < 2; i++) {
          MemoAnswer found = files.find(task(i));
          if (found != null) {
            intact++;
            assertArrayEquals(answer(i, 1000).body(), found.body(), "seed " + seed);
            assertEquals(List.of(Map.entry("X-A", "b"), Map.entry("X-A", "ü")), found.lines());
          }
        }
      }
      assertTrue(intact < 2, "a changed byte is found, seed " + seed + " round " + round);
    }
  }

  @Test
  void a_start_reads_the_index_of_a_full_file_and_does_without_when_it_is_damaged()
      throws IOException {
    fill(40);
    Path index = only(".index");
    Path full = index.resolveSibling(index.getFileName().toString().replace(".index", ""));
    byte[] content = Files.readAllBytes(full);
    byte[] ruined = content.clone();
    ruined[MemoFrame.PREFIX_BYTES] ^= 1; // a scan would end here
    Files.write(full, ruined);
    int withIndex = entries();
    byte[] bytes = Files.readAllBytes(index);
    bytes[5] ^= 1;
    Files.write(index, bytes);
    assertTrue(entries() < withIndex, "without an index the file is read, and ends where it must");
    Files.write(full, content);
    assertEquals(withIndex, entries());
  }

  private int entries() throws IOException {
    Path full = only(".memo");
    byte[] before = Files.readAllBytes(full);
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
      return files.entries();
    } finally {
      Files.write(full, before); // a scan cuts it
    }
  }

  @Test
  void what_is_too_long_or_finds_no_room_is_not_kept() {
    try (AnswerMemo memo = open()) {
      memo.keep(task(1), answer(1, AnswerMemo.MAX_MEMO_ANSWER_BYTES + 1));
      assertNull(memo.find(task(1)));
    }
    try (AnswerMemo memo = AnswerMemo.open(dir, QUOTA, _ -> false)) {
      memo.keep(task(2), answer(2, 100));
      await().until(() -> memo.dropped() == 1);
      assertEquals(0, memo.entries());
    }
  }

  @Test
  void a_head_takes_its_room_of_what_waits_for_the_disk_as_a_body_does() {
    int head = 16 << 10;
    int most = (int) (AnswerMemo.MAX_MEMO_WAITING_BYTES / head);
    CountDownLatch full = new CountDownLatch(1);
    try (AnswerMemo memo = AnswerMemo.open(dir, QUOTA, _ -> hasRoomAfter(full))) {
      for (int i = 0; i <= most; i++) {
        memo.keep(
            task(i),
            new MemoAnswer(
                200,
                "text/x",
                List.of(Map.entry("X-Long", "x".repeat(head))),
                new byte[1],
                new MemoAnswer.Origin(ExecutionId.random(), 7, 65536, null)));
      }
      long dropped = memo.dropped();
      full.countDown();
      assertTrue(dropped >= 1, "more heads wait than there is room for");
      assertTrue(dropped < most / 10, dropped + " found no room");
    }
  }

  private static boolean hasRoomAfter(CountDownLatch full) {
    try {
      return full.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void with_a_quota_of_nothing_it_is_off() {
    try (AnswerMemo memo = AnswerMemo.open(dir.resolve("none"), 0, _ -> true)) {
      assertFalse(memo.isOn());
      memo.keep(task(1), answer(1, 1));
      assertNull(memo.find(task(1)));
      assertFalse(Files.exists(dir.resolve("none")));
    }
  }

  @Test
  void many_threads_find_whole_answers_while_files_come_and_go() throws Exception {
    try (AnswerMemo memo = open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> rounds = new ArrayList<>();
      for (int round = 0; round < 2000; round++) {
        int i = round;
        rounds.add(
            threads.submit(
                () -> {
                  memo.keep(task(i % 150), answer(i % 150, 1000));
                  MemoAnswer found = memo.find(task((i * 7) % 150));
                  if (found != null) {
                    assertArrayEquals(answer((i * 7) % 150, 1000).body(), found.body());
                  }
                }));
      }
      for (Future<?> round : rounds) {
        round.get();
      }
    }
  }

  @Test
  void a_file_that_cannot_be_read_any_more_makes_room_like_any_other() throws Exception {
    try (MemoFiles files = MemoFiles.open(dir, QUOTA, MANY)) {
      for (int i = 0; i < 10; i++) { // the first file is full then
        assertTrue(files.append(task(i), answer(i, 1000)));
      }
      assertNotNull(files.find(task(0)));
      Path oldest = only(".memo");
      try (FileChannel cut = FileChannel.open(oldest, StandardOpenOption.WRITE)) {
        cut.truncate(100);
      }
      for (int i = 10; i <= 2 * QUOTA / 1000; i++) {
        assertTrue(files.append(task(i), answer(i, 1000)), "answer " + i);
      }
      assertFalse(Files.exists(oldest));
      assertNull(files.find(task(0)));
      assertTrue(files.storedBytes() <= QUOTA, () -> files.storedBytes() + " bytes");
    }
  }
}
