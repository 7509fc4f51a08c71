package dev.limpet.benchmarks.swarm;

import dev.limpet.benchmarks.HttpConnection;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingsDigest;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeWelcome;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A node that has joined a gateway over HTTP. */
final class SwarmMember implements AutoCloseable {
  /** Small, as there may be thousands of members. */
  private static final int BUFFER_BYTES = 4 << 10;

  private final URI gateway;
  private HttpConnection connection;
  private final NodeWelcome welcome;
  private HoldingsDigest digest = HoldingsDigest.EMPTY;
  private long sequence;

  SwarmMember(URI gateway, SwarmNode node) throws IOException {
    this.gateway = gateway;
    connection = new HttpConnection(gateway, BUFFER_BYTES);
    byte[] challenge = send("POST /v1/nodes/challenges", "", new byte[0]);
    String nonce = Json.read(Challenge.class, challenge, NodeWelcome.MAX_JSON_BYTES).nonce();
    byte[] joined = send("POST /v1/nodes", "", Json.write(node.join(nonce)));
    welcome = Json.read(NodeWelcome.class, joined, NodeWelcome.MAX_JSON_BYTES);
  }

  /** How often the gateway wants to hear of it, in milliseconds. */
  int heartbeatMs() {
    return welcome.heartbeatMs();
  }

  /** All that it has, in pages. */
  void snapshot(List<Holding> holdings) throws IOException {
    for (Holding holding : holdings) {
      digest = digest.with(holding);
    }
    int from = 0;
    do {
      int to = Math.min(holdings.size(), from + Announcement.MAX_HOLDINGS);
      say(AnnouncementKind.SNAPSHOT, to == holdings.size(), holdings.subList(from, to));
      from = to;
    } while (from < holdings.size());
  }

  void heartbeat() throws IOException {
    say(AnnouncementKind.HEARTBEAT, true, List.of());
  }

  private void say(AnnouncementKind kind, boolean last, List<Holding> added) throws IOException {
    sequence++;
    Announcement said =
        new Announcement(
            welcome.session(),
            sequence,
            kind,
            last,
            added,
            List.of(),
            Load.IDLE,
            last ? digest.toString() : null);
    try {
      send(said);
    } catch (EOFException e) { // the gateway closed a connection that was idle
      connection.close();
      connection = new HttpConnection(gateway, BUFFER_BYTES);
      send(said);
    }
  }

  private void send(Announcement said) throws IOException {
    byte[] _ = send("POST /v1/nodes/announcements", welcome.nodeToken(), Json.write(said));
  }

  /** Sends JSON, or nothing, and gives the JSON that comes back; another answer is an error. */
  private byte[] send(String start, String token, byte[] json) throws IOException {
    String headers =
        (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
            + (json.length == 0 ? "" : "Content-Type: application/json\r\n");
    return connection.body(HttpConnection.request(gateway, start, headers, json));
  }

  /** Who holds a root, as the gateway says. */
  String holders(int root) throws IOException {
    byte[] page = send("GET /v1/holders/" + SwarmNode.cid(root), "", new byte[0]);
    return new String(page, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
