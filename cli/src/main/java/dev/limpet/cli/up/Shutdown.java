package dev.limpet.cli.up;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;

/**
 * Waits for SIGTERM, SIGINT or, in a supervised process, the end of standard input; and holds the
 * JVM's exit until everything is closed.
 */
public final class Shutdown {
  private static final System.Logger LOG = System.getLogger(Shutdown.class.getName());

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  private volatile boolean ready;
  private volatile boolean asAsked;

  private Shutdown() {}

  /** From now on a signal ends {@link #await} and waits for {@link #done}. */
  public static Shutdown onSignal() {
    Shutdown shutdown = new Shutdown();
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::hold, "shutdown"));
    return shutdown;
  }

  /** The end of {@code input} is a signal as well: the parent that held its other end is gone. */
  public void alsoAtEndOf(InputStream input) {
    Thread.ofPlatform().daemon().name("parent").start(() -> readToEnd(input));
  }

  /**
   * A signal before {@link #ready} does not wait for {@link #done}: what has begun is ended by the
   * end of this process, as when it is killed.
   */
  public void abandonUntilReady() {
    Thread.ofVirtual()
        .name("abandon")
        .start(
            () -> {
              await();
              if (!ready) {
                done();
              }
            });
  }

  /** What was started stands; from now on it is closed in order. */
  public void ready() {
    ready = true;
  }

  /** Everything was closed as asked: the process ends with 0, whatever the signal was. */
  public void doneAsAsked() {
    asAsked = true;
    done();
  }

  /** Work of {@code thread} that waits is interrupted when it is time to stop. */
  public void alsoInterrupt(Thread thread) {
    Thread.ofVirtual()
        .name("interrupt")
        .start(
            () -> {
              await();
              thread.interrupt();
            });
  }

  /** It is time to stop, for another reason than a signal. */
  public void ask() {
    asked.countDown();
  }

  /** Returns when it is time to stop. */
  public void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everything is closed: the JVM may go. */
  public void done() {
    done.countDown();
  }

  private void hold() {
    asked.countDown();
    try {
      done.await();
      if (asAsked) {
        Runtime.getRuntime().halt(0); // else the exit code is that of the signal
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readToEnd(InputStream input) {
    try {
      input.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a broken pipe says the same as its end: nobody holds it any more", e);
    } finally {
      asked.countDown();
    }
  }
}
