package dev.limpet.cli;

import java.util.concurrent.CountDownLatch;

/** A node one of whose threads comes to the end of the memory when a line is written to it. */
final class SickNodeMain {
  private SickNodeMain() {}

  static void main(String[] arguments) {
    CountDownLatch asked = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                int _ = System.in.read();
                asked.countDown();
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                asked.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              throw new OutOfMemoryError("on purpose");
            });
    Main.main(arguments);
  }
}
