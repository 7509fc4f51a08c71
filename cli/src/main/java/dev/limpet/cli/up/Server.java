package dev.limpet.cli.up;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A child that is kept running: when it ends unasked it is started again, after a pause that
 * doubles up to half a minute and falls back once it has lived a minute. It keeps the port of its
 * first start.
 */
final class Server {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LAST_PAUSE_MILLIS = 30_000;
  private static final long STEADY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Ten seconds for running calls, and a little for closing the stores. */
  private static final int STOP_SECONDS = 13;

  private final Launch launch;
  private final Consumer<String> plainLog;
  private final Consumer<String> log;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable ChildProcess child;
  private @Nullable URI url;

  /**
   * What is started.
   *
   * @param name such as {@code node-1}, in front of each of its log lines
   * @param command what starts it, without {@code --listen}
   * @param listen {@code HOST:PORT}, port 0 for a free one
   */
  record Launch(String name, List<String> command, String listen) {}

  private Server(Launch launch, Consumer<String> log) {
    this.launch = launch;
    this.plainLog = log;
    this.log = line -> log.accept(launch.name + ": " + line);
  }

  /**
   * Starts it and waits until it accepts calls.
   *
   * @throws IllegalStateException when it ends or takes longer than two minutes; it is stopped then
   */
  static Server start(Launch launch, Consumer<String> log) {
    Server server = new Server(launch, log);
    server.launchOnce();
    Thread.ofVirtual().name("watch-" + launch.name).start(server::watch);
    return server;
  }

  /** A new one in place of this stopped one, on the same port. */
  Server again() {
    String listen = url().getAuthority();
    return start(new Launch(launch.name, launch.command, listen), plainLog);
  }

  synchronized URI url() {
    if (url == null) {
      throw new IllegalStateException(launch.name + " was never ready");
    }
    return url;
  }

  synchronized long pid() {
    return child == null ? -1 : child.pid();
  }

  /** Lets it run on, but does not start it again when it ends. */
  synchronized void startNoMore() {
    stopped.countDown();
  }

  /** Stops it for good. */
  void stop() {
    ChildProcess running;
    synchronized (this) {
      stopped.countDown();
      running = child;
    }
    if (running != null) {
      running.stop(STOP_SECONDS);
    }
  }

  private void launchOnce() {
    ChildProcess started;
    synchronized (this) {
      if (stopped.getCount() == 0) {
        return;
      }
      List<String> command = new ArrayList<>(launch.command);
      command.addAll(List.of("--listen", url == null ? launch.listen : url.getAuthority()));
      started = ChildProcess.start(command, log);
      child = started;
    }
    try {
      URI ready = started.ready().get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      synchronized (this) {
        url = ready;
      }
    } catch (ExecutionException | TimeoutException e) {
      started.stop(1);
      throw new IllegalStateException(launch.name + " did not start: " + started.lastWords(), e);
    } catch (InterruptedException e) {
      started.stop(1);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void watch() {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      long started = System.nanoTime();
      int exit = awaitExit();
      if (stopped.getCount() == 0) {
        return;
      }
      pause = System.nanoTime() - started > STEADY_NANOS ? FIRST_PAUSE_MILLIS : pause;
      log.accept("ended with exit code " + exit + ", starts again in " + pause + " ms");
      if (awaitStop(pause)) {
        return;
      }
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
      try {
        launchOnce();
      } catch (IllegalStateException e) {
        log.accept(String.valueOf(e.getMessage()));
      }
    }
  }

  private int awaitExit() {
    ChildProcess running;
    synchronized (this) {
      running = child;
    }
    return running == null ? -1 : running.exit().join();
  }

  private boolean awaitStop(long millis) {
    try {
      return stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
