package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.KeptLines;
import dev.limpet.protocol.tls.TestAuthority;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusedPeersTest {
  private final KeptLines log = new KeptLines();
  private final RefusedPeers peers = new RefusedPeers(new BoundedLog(log));

  private void refuse(String authority, String why) {
    peers.failed(authority, new IOException(TestAuthority.unbelieved(why)));
  }

  @Test
  void a_reason_is_told_until_the_peer_has_answered() {
    refuse("shed:8642", "it has ended");
    refuse("shed:8642", "it is for another name");
    peers.failed("barn:8642", new IOException("nobody listens"));
    assertEquals(Map.of("shed:8642", "it is for another name"), peers.all());
    peers.answered("shed:8642");
    assertEquals(Map.of(), peers.all());
  }

  /** A node also fetches functions, from its gateway. */
  @Test
  void the_log_says_once_who_is_not_believed_and_takes_it_for_no_node() {
    refuse("gateway:8642", "it has ended");
    refuse("gateway:8642", "it has ended");
    assertEquals(
        List.of("WARNING https://gateway:8642 is not believed to be itself: it has ended"),
        log.said());
  }

  @Test
  void of_too_many_the_oldest_is_forgotten() {
    for (int i = 0; i <= RefusedPeers.MAX_REFUSED_PEERS; i++) {
      refuse("node-" + i + ":1", "it has ended");
    }
    assertEquals(RefusedPeers.MAX_REFUSED_PEERS, peers.all().size());
    assertFalse(peers.all().containsKey("node-0:1"));
  }
}
