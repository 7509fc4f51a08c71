package dev.limpet.benchmarks.hot;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Work that no change of Limpet touches. A cost is given as a multiple of it, measured beside it in
 * the same JVM, so that the speed of the machine and its other load divide out. Each is of the kind
 * of the operations that it measures, since machines differ in what they are good at. They use next
 * to nothing of the JDK that an operation uses too: how the JVM compiles the one must not depend on
 * the other.
 */
public enum Yardstick {
  /** Integer arithmetic over 4 KiB, one step after the other: the others are compared with it. */
  ARITHMETIC(80) {
    @Override
    Object run() {
      int mixed = 1;
      for (int round = 0; round < 2; round++) {
        for (byte value : TEXT) {
          mixed = (mixed ^ value) * 0x01000193;
        }
      }
      return mixed;
    }
  },
  /** Small loops, small arrays and a table, as in what parses and decides. */
  WORDS(400) {
    @Override
    Object run() {
      return words();
    }
  },
  /** SHA-256 of 4 KiB, for what hashes most of the time. */
  SHA_256(300) {
    @Override
    Object run() {
      try {
        return MessageDigest.getInstance("SHA-256").digest(TEXT);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has it", e);
      }
    }
  },
  /** Words twice, on another thread that is waited for, as a guest is. */
  HAND_OVER(80) {
    @Override
    Object run() {
      CompletableFuture<Object> result = new CompletableFuture<>();
      OTHER.execute(() -> result.complete(List.of(words(), words())));
      return result.join();
    }
  };

  /** The thread of {@link #HAND_OVER}. */
  static final String THREAD = "guard-hand-over";

  private static final int SLOTS = 512;
  private static final int WORD = 16;
  private static final byte[] TEXT = text();
  private static final ExecutorService OTHER =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name(THREAD).daemon().factory());

  private final int runs;

  Yardstick(int runs) {
    this.runs = runs;
  }

  /** Does it once. */
  abstract Object run();

  /** How many runs make a slice. */
  int runs() {
    return runs;
  }

  /** How it is named in the file. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Under which name it is an operation itself, measured by {@link #ARITHMETIC}. */
  String operation() {
    return "yardstick-" + id();
  }

  /** All of these names. */
  static List<String> names() {
    return Arrays.stream(values()).map(Yardstick::operation).toList();
  }

  private static byte[] text() {
    byte[] text = new byte[4096];
    new Random(4).nextBytes(text);
    return text;
  }

  /**
   * Cuts the text into words and keeps each in a table. Words have one length: a processor that
   * learns where a fixed text ends its words does twice as well as one that has not, or has
   * forgotten.
   */
  private static byte[][] words() {
    byte[][] table = new byte[SLOTS][];
    for (int start = 0; start < TEXT.length; start += WORD) {
      int hash = 0;
      for (int i = start; i < start + WORD; i++) {
        hash = 31 * hash + TEXT[i];
      }
      table[hash & (SLOTS - 1)] = Arrays.copyOfRange(TEXT, start, start + WORD);
    }
    return table;
  }
}
