package dev.limpet.cli.chaos;

import dev.limpet.testkit.relay.Relay;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A node of a fleet, and the relays on both of its links. */
final class Member implements AutoCloseable {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

  /** Less than an answer, more than its head. */
  private static final int SOME_BYTES = 2000;

  private final String name;
  private final Servers servers;
  private final List<String> settings;

  /** From the gateway and from other nodes to this one. */
  private final Relay calls;

  /** From this node to the gateway. */
  private final Relay announcements;

  private Servers.Running running;

  /** What can be wrong with a link until it is mended. */
  enum Fault {
    /** Connections break, and new ones are refused. */
    REFUSED,
    /** Nothing passes, and nobody is told. */
    SILENT,
    /** Each answer of the node breaks off. */
    ANSWERS_CUT,
    /** The node cannot reach the gateway. */
    UNHEARD
  }

  Member(String name, Servers servers, Path dir, URI gateway) {
    this.name = name;
    this.servers = servers;
    this.calls = Relay.to(NOWHERE);
    this.announcements = Relay.to(gateway);
    this.settings =
        List.of(
            "listen=127.0.0.1:0",
            "dir=" + dir.resolve(name),
            "name=" + name,
            "url=" + calls.url(),
            "gateway=" + announcements.url(),
            "compiler=inline");
    this.running = launch();
  }

  private Servers.Running launch() {
    Servers.Running launched = servers.node(settings);
    calls.leadTo(launched.url());
    return launched;
  }

  String name() {
    return name;
  }

  /** Ends the process; what it acknowledged is on its disk. */
  void kill() {
    running.end();
    calls.leadTo(NOWHERE);
  }

  /** After {@link #kill}. */
  void restart() {
    running = launch();
  }

  /** Breaks a link. */
  void suffer(Fault fault) {
    switch (fault) {
      case REFUSED -> {
        calls.refuse(true);
        calls.cut();
      }
      case SILENT -> {
        calls.hold(true);
        announcements.hold(true);
      }
      case ANSWERS_CUT -> calls.cutAfter(SOME_BYTES);
      case UNHEARD -> {
        announcements.refuse(true);
        announcements.cut();
      }
    }
  }

  /** Mends both links. What was under way when they broke does not come back. */
  void mend() {
    calls.refuse(false);
    calls.cutAfter(-1);
    announcements.refuse(false);
    calls.cut();
    announcements.cut();
    calls.hold(false);
    announcements.hold(false);
  }

  @Override
  public void close() {
    calls.close();
    announcements.close();
    running.end();
  }
}
