package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.ipns.IpnsName;
import dev.limpet.protocol.ipns.IpnsRecord;
import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers below {@code /ipns}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NameResourceTest {
  private static final String CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
  private static final String RECORD = "?format=ipns-record";

  private NodeUnderTest node;
  private RpcClient rpc;

  @BeforeAll
  void start(@TempDir Path dir) {
    node = NodeUnderTest.start(dir);
    rpc = new RpcClient(node.url());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private String published(String key, String options) {
    String made = rpc.ask("key/gen?arg=" + key).text();
    String id = made.substring(made.indexOf("k51"), made.indexOf("k51") + 62);
    WireAnswer published = rpc.ask("name/publish?resolve=false&key=" + key + options);
    assertEquals(200, published.status(), published.text());
    return id;
  }

  @Test
  void a_record_is_had_as_it_was_signed_and_kept_as_long_as_it_says() {
    String id = published("record", "&ttl=5m&arg=" + CID);
    WireAnswer answer = node.ask("GET /ipns/" + id + RECORD);
    assertEquals(200, answer.status());
    assertEquals("application/vnd.ipfs.ipns-record", answer.header("Content-Type"));
    assertEquals("private, max-age=300", answer.header("Cache-Control"));
    assertEquals("/ipns/" + id, answer.header("X-Ipfs-Path"));
    assertEquals("ipns://" + id, answer.header("Ipfs-Uri"));
    IpnsRecord record = IpnsRecord.verify(IpnsName.parse(id), answer.bytes());
    assertEquals("/ipfs/" + CID, record.content().value());
    String etag = answer.header("Etag");
    String accept = "Accept: application/vnd.ipfs.ipns-record";
    assertEquals(200, node.ask("GET /ipns/" + id, accept).status());
    assertEquals(304, node.ask("GET /ipns/" + id, accept, "If-None-Match: " + etag).status());
    assertEquals(200, rpc.ask("name/publish?resolve=false&key=record&arg=" + CID).status());
    assertEquals(200, node.ask("GET /ipns/" + id, accept, "If-None-Match: " + etag).status());
    assertEquals(400, node.ask("GET /ipns/" + id + "/a" + RECORD).status());
    assertEquals(405, node.ask("PUT /ipns/" + id + RECORD).status());
  }

  @Test
  void a_record_that_ends_before_its_ttl_is_kept_no_longer_than_it_holds() {
    String id = published("short", "&ttl=1m&lifetime=1m&arg=" + CID);
    String kept = node.ask("GET /ipns/" + id + RECORD).header("Cache-Control");
    int seconds = Integer.parseInt(kept.substring(kept.indexOf('=') + 1));
    assertTrue(seconds > 0 && seconds < 60, kept);
  }

  @Test
  void a_name_leads_to_what_it_stands_for_with_the_rest_of_the_path_and_the_query() {
    String id = published("data", "&ttl=5m&arg=/ipfs/" + CID + "/a%2520b");
    WireAnswer answer = node.ask("GET /ipns/" + id + "/c%20d/?filename=x");
    assertEquals(307, answer.status());
    assertEquals("/ipfs/" + CID + "/a%2520b/c%20d/?filename=x", answer.header("Location"));
    assertEquals("private, max-age=300", answer.header("Cache-Control"));
    String above = published("above", "&ttl=5m&arg=/ipns/" + id);
    WireAnswer second = node.ask("GET /ipns/" + above);
    assertEquals("/ipfs/" + CID + "/a%2520b", second.header("Location"));
    assertEquals("private, max-age=0", second.header("Cache-Control"));
  }

  @Test
  void a_name_that_is_none_or_has_no_record_here_is_refused() {
    assertEquals(400, node.ask("GET /ipns/example.org").status());
    IpnsName other = new IpnsName(NodeIdentity.generate().peerId());
    WireAnswer unknown = node.ask("GET /ipns/" + other + RECORD);
    assertEquals(404, unknown.status());
    assertTrue(unknown.text().contains("name-not-found"), unknown.text());
    assertEquals("", unknown.header("Etag"));
  }
}
