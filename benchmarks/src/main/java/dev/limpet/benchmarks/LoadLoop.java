package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One thread that makes a load over many connections: it costs some microseconds a request, where
 * threads that wait for sockets cost as much as what they measure. Between requests it asks the
 * sockets again and again rather than sleep, so that it is not late; give it a core of its own.
 */
final class LoadLoop {
  /** An answer that takes longer is none. */
  private static final long MAX_ANSWER_NANOS = 30_000_000_000L;

  /** What begins is a burst; it does not count. */
  private static final double LEAD_SECONDS = 1;

  private static final double NANOS = 1e9;

  private final URI server;
  private final ByteBuffer request;

  LoadLoop(URI server, byte[] request) {
    this.server = server;
    this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
  }

  /** Callers that wait for each answer before they ask again. */
  LoadAnswers waiting(int callers, double seconds) throws IOException {
    try (Open open = new Open(callers)) {
      LoadAnswers answers = new LoadAnswers(later(System.nanoTime(), LEAD_SECONDS));
      long end = later(System.nanoTime(), LEAD_SECONDS + seconds);
      while (System.nanoTime() - end < 0) {
        open.askAll();
        open.take(answers);
      }
      open.rest(answers);
      return answers;
    }
  }

  /** So many requests a second, whatever the answers take, while there is a connection left. */
  LoadAnswers at(long perSecond, double seconds, int connections) throws IOException {
    try (Open open = new Open(connections)) {
      long count = Math.round(perSecond * (LEAD_SECONDS + seconds));
      long origin = System.nanoTime();
      LoadAnswers answers = new LoadAnswers(later(origin, LEAD_SECONDS));
      for (long turn = 0; turn < count; turn++) {
        long meant = later(origin, (double) turn / perSecond);
        do {
          open.take(answers);
        } while (System.nanoTime() - meant < 0);
        if (!open.ask(meant)) {
          answers.unasked(meant);
        }
      }
      open.rest(answers);
      return answers;
    }
  }

  private static long later(long nanos, double seconds) {
    return nanos + Math.round(seconds * NANOS);
  }

  /** The connections of one part. */
  private final class Open implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final List<LoadConnection> all = new ArrayList<>();
    private final Deque<LoadConnection> idle = new ArrayDeque<>();

    Open(int connections) throws IOException {
      try {
        for (int more = 0; more < connections; more++) {
          all.add(new LoadConnection(server, selector));
        }
      } catch (IOException e) {
        close();
        throw e;
      }
      idle.addAll(all);
    }

    /** Asks if a connection is left. */
    boolean ask(long meant) throws IOException {
      LoadConnection free = idle.poll();
      if (free != null) {
        free.send(request, meant);
      }
      return free != null;
    }

    void askAll() throws IOException {
      while (!idle.isEmpty()) {
        boolean _ = ask(System.nanoTime());
      }
    }

    /** Takes the answers that are there. */
    void take(LoadAnswers answers) throws IOException {
      if (idle.size() == all.size() || selector.selectNow() == 0) {
        return;
      }
      for (SelectionKey key : selector.selectedKeys()) {
        LoadConnection connection = (LoadConnection) key.attachment();
        int status = connection.read();
        if (status != 0) {
          answers.add(status, connection.meant(), connection.sent());
          idle.push(connection);
        }
      }
      selector.selectedKeys().clear();
    }

    /** Takes the answers that are still to come. */
    void rest(LoadAnswers answers) throws IOException {
      long late = System.nanoTime() + MAX_ANSWER_NANOS;
      while (idle.size() < all.size()) {
        take(answers);
        if (System.nanoTime() - late > 0) {
          throw new IOException((all.size() - idle.size()) + " requests have no answer");
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (LoadConnection one : all) {
        one.close();
      }
      selector.close();
    }
  }
}
