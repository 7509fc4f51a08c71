package dev.limpet.node.kubo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.BlockstoreContract;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KuboBlockstoreTest extends BlockstoreContract {
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final byte[] BYTES = "limpet".getBytes(StandardCharsets.UTF_8);
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final Cid CID = Cid.of(Multicodec.RAW, BYTES);

  private final FakeKubo kubo = new FakeKubo();
  private final KuboClient client = client(kubo.url(), null);
  private final KuboBlockstore store = new KuboBlockstore(client);

  KuboBlockstoreTest() throws IOException {}

  private static KuboClient client(URI url, @org.jspecify.annotations.Nullable String token) {
    return new KuboClient(new KuboAddress(url, token), SILENCE);
  }

  @Override
  protected Blockstore open(long quotaBytes) {
    return CachingBlockstore.beforeFar(new KuboBlockstore(client(kubo.url(), null)), 1 << 20);
  }

  @Override
  protected boolean hasQuota() {
    return false;
  }

  @AfterEach
  void stop() {
    store.close();
    kubo.close();
  }

  @Test
  void a_block_is_asked_for_offline_and_over_one_connection() {
    kubo.hold(BYTES);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(BYTES, store.get(CID));
      assertEquals(BYTES.length, store.sizeOf(CID));
    }
    assertNull(store.get(Cid.of(Multicodec.RAW, new byte[1])));
    assertEquals(7, kubo.requests().size());
    for (String request : kubo.requests()) {
      assertTrue(request.startsWith("POST /api/v0/block/"), request);
      assertTrue(request.lines().findFirst().orElse("").contains("offline=true"), request);
    }
    assertEquals(1, kubo.connections());
  }

  @Test
  void a_block_that_does_not_hash_to_its_cid_is_never_given() {
    kubo.hold(CID, "other".getBytes(StandardCharsets.UTF_8));
    assertThrows(HashMismatchException.class, () -> store.get(CID));
    try (Blockstore cached = new CachingBlockstore(store, 1 << 20)) {
      assertThrows(HashMismatchException.class, () -> cached.get(CID));
      kubo.hold(BYTES);
      assertArrayEquals(BYTES, cached.get(CID));
    }
  }

  /** The third has the whole block and still says that it broke. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        CHUNKED + "6\r\nlimp",
        CHUNKED + "6\r\nlimpet\r\n0\r\nX-Stream-Error: disk on fire\r\n\r\n",
        CHUNKED + "6\r\nlimpet\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nlimpet",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nlimpet",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\n{{{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nlimpet",
        "SSH-2.0-OpenSSH\r\n"
      })
  void a_stream_that_breaks_is_an_error_and_neither_a_block_nor_its_absence(String raw) {
    kubo.hold(BYTES);
    kubo.tell("block/get", raw);
    StoreFailedException failure = assertThrows(StoreFailedException.class, () -> store.get(CID));
    assertTrue(failure.getMessage().contains(kubo.url().toString()), failure.getMessage());
    kubo.tell("block/get", null);
    assertArrayEquals(BYTES, store.get(CID), "the next call is not disturbed");
  }

  @Test
  void an_endless_block_or_line_is_cut_at_its_limit() {
    int chunk = Block.MAX_BLOCK_BYTES + 1;
    kubo.tell("block/get", CHUNKED + Integer.toHexString(chunk) + "\r\n" + "x".repeat(chunk));
    assertThrows(StoreFailedException.class, () -> store.get(CID));
    kubo.tell("pin/ls", CHUNKED + "fffff\r\n{\"Cid\":\"" + "x".repeat(0xfffff));
    IOException refusal =
        assertThrows(IOException.class, () -> new RpcPins(client).list(PinKind.RECURSIVE));
    assertTrue(String.valueOf(refusal.getMessage()).contains("line"), refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Cid\":\"no\"}",
        "{\"Type\":\"recursive\"}",
        "[]",
        "{\"Message\":\"boom\",\"Code\":0,\"Type\":\"error\"}",
        "{"
      })
  void a_list_of_pins_that_makes_no_sense_is_an_error(String line) {
    String good = "{\"Cid\":\"" + CID + "\",\"Type\":\"recursive\",\"Name\":\"\"}\n";
    String body = good + line + "\n";
    kubo.tell("pin/ls", "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    assertThrows(IOException.class, () -> new RpcPins(client).list(PinKind.RECURSIVE));
  }

  @Test
  void pins_are_added_listed_and_let_go() throws IOException {
    RpcPins pins = new RpcPins(client);
    kubo.hold(BYTES);
    pins.add(CID, "a name & more", PinKind.RECURSIVE);
    assertEquals(List.of(new KuboPins.Pinned(CID, "a name & more")), pins.list(PinKind.RECURSIVE));
    assertEquals(List.of(), pins.list(PinKind.DIRECT));
    assertThrows(StoreFailedException.class, () -> store.delete(CID));
    assertTrue(pins.remove(CID));
    assertFalse(pins.remove(CID));
    Cid missing = Cid.of(Multicodec.RAW, new byte[9]);
    assertThrows(KuboException.class, () -> pins.add(missing, "", PinKind.RECURSIVE));
    assertEquals("0.43.0", pins.version());
  }

  @Test
  void a_block_with_the_boundary_of_forms_in_it_arrives_as_it_is() {
    byte[] bytes =
        "\r\n--limpet-part-boundary--\r\nlimpet-part-boundary-".getBytes(StandardCharsets.UTF_8);
    Block block = Block.of(Multicodec.RAW, bytes);
    store.put(block);
    assertArrayEquals(bytes, store.get(block.cid()));
  }

  @Test
  void a_kubo_that_takes_a_block_for_another_is_an_error() {
    String key = "{\"Key\":\"" + CID + "\",\"Size\":1}\n";
    kubo.tell("block/put", "HTTP/1.1 200 OK\r\nContent-Length: " + key.length() + "\r\n\r\n" + key);
    Block other = Block.of(Multicodec.RAW, new byte[1]);
    assertThrows(StoreFailedException.class, () -> store.put(other));
  }

  @Test
  void the_token_is_sent_and_never_told() {
    kubo.hold(BYTES);
    kubo.want("s3cret");
    StoreFailedException refused = assertThrows(StoreFailedException.class, () -> store.get(CID));
    assertTrue(refused.getMessage().contains("403"), refused.getMessage());
    KuboAddress address = new KuboAddress(kubo.url(), "s3cret");
    assertFalse(address.toString().contains("s3cret"));
    try (Blockstore opened = new KuboBlockstore(new KuboClient(address, SILENCE))) {
      assertArrayEquals(BYTES, opened.get(CID));
    }
  }

  @Test
  void a_kubo_that_went_and_came_back_is_used_again() throws IOException {
    kubo.hold(BYTES);
    assertArrayEquals(BYTES, store.get(CID));
    int port = kubo.url().getPort();
    kubo.close();
    StoreFailedException away = assertThrows(StoreFailedException.class, () -> store.get(CID));
    assertTrue(away.getMessage().contains("does not answer"), away.getMessage());
    try (FakeKubo again = new FakeKubo(port)) {
      again.hold(BYTES);
      assertArrayEquals(BYTES, store.get(CID));
    }
  }

  @Test
  void a_kubo_that_stands_still_is_left() throws IOException {
    kubo.hold(BYTES);
    try (Blockstore hasty =
        new KuboBlockstore(
            new KuboClient(new KuboAddress(kubo.url(), null), Duration.ofMillis(50)))) {
      kubo.stall("block/get");
      assertThrows(StoreFailedException.class, () -> hasty.get(CID));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://192.168.1.7:5001",
        "http://kubo.example:5001",
        "http://[2001:db8::1]:5001"
      })
  void a_kubo_beyond_this_machine_needs_tls(String url) {
    URI address = URI.create(url);
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new KuboAddress(address, "t"));
    assertTrue(String.valueOf(refusal.getMessage()).contains("https"), refusal.getMessage());
    assertEquals(443, new KuboAddress(URI.create("https://kubo.example"), "t").port());
  }
}
