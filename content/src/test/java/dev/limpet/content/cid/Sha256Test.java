package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class Sha256Test {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void it_is_that_of_the_standard() {
    byte[] text = bytes("xabcx");
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-4
    assertEquals(abc, HexFormat.of().formatHex(Sha256.of(text, 1, 3)));
    assertEquals(abc, HexFormat.of().formatHex(Sha256.of((byte) 'a', text, 2, 2)));
    assertEquals(abc, HexFormat.of().formatHex(Sha256.of((byte) 'a', bytes("b"), bytes("c"))));
    byte[] target = new byte[Sha256.BYTES + 1];
    Sha256.write((byte) 'a', text, 2, 2, target);
    assertEquals(abc + "00", HexFormat.of().formatHex(target));
  }

  @Test
  void what_failed_halfway_leaves_nothing_for_the_next() {
    byte[] text = bytes("abc");
    byte[] right = Sha256.of(text, 0, 3);
    assertThrows(IllegalArgumentException.class, () -> Sha256.of((byte) 'z', text, 2, 9));
    byte[] small = new byte[Sha256.BYTES - 1];
    assertThrows(IllegalArgumentException.class, () -> Sha256.write((byte) 'z', text, 0, 3, small));
    assertArrayEquals(right, Sha256.of(text, 0, 3));
  }

  @Test
  void threads_that_hash_at_once_do_not_disturb_each_other() throws Exception {
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2 * Sha256.MAX_IDLE_DIGESTS; i++) {
      byte[] mine = new byte[1 + i * 7];
      new Random(i).nextBytes(mine);
      byte[] right = MessageDigest.getInstance("SHA-256").digest(mine);
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (int round = 0; round < 50; round++) {
                  if (!MessageDigest.isEqual(right, Sha256.of(mine, 0, mine.length))) {
                    wrong.incrementAndGet();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, wrong.get());
  }
}
