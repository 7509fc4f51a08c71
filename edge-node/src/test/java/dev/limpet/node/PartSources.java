package dev.limpet.node;

import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Sources that have what a node holds, and do with a part of it what a test says. */
final class PartSources {
  private static final String BEGINNING = "entity-bytes=0:4194303";

  private final NodeUnderTest holder;
  private final char beforePart;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /**
   * None yet.
   *
   * @param holder has the data
   * @param beforePart the last of these in a target stands before the name of a part
   */
  PartSources(NodeUnderTest holder, char beforePart) {
    this.holder = holder;
    this.beforePart = beforePart;
  }

  /** What a source does with a part. */
  interface Deed {
    void answer(WireExchange exchange, byte[] car) throws IOException;
  }

  static void honest(WireExchange exchange, byte[] car) throws IOException {
    exchange.begin(200, "Content-Type: application/vnd.ipld.car; version=1");
    exchange.chunk(car);
    exchange.end();
  }

  /** Gives the beginning; its first part only when all the others were asked for one, too. */
  WireServer source(String name, CountDownLatch all, Deed deed) {
    return WireServer.start(
        exchange -> {
          String target = exchange.head().target();
          byte[] car = holder.ask("GET " + target).bytes();
          if (target.endsWith(BEGINNING)) {
            honest(exchange, car);
            return;
          }
          asked.add(name + " " + target.substring(target.lastIndexOf(beforePart) + 1));
          all.countDown();
          try {
            all.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          deed.answer(exchange, car);
        });
  }

  /** The parts that were asked for, each behind the name of its source. */
  List<String> asked() {
    return asked;
  }

  /** Those that one source was asked for. */
  Stream<String> askedOf(String source) {
    return asked.stream().filter(one -> one.startsWith(source + " "));
  }
}
