package dev.limpet.node.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.node.kubo.FakeKubo;
import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.kubo.KuboException;
import dev.limpet.node.kubo.KuboPins;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the adapter does with whichever library is here: of the fork, that sends GET. */
class LibrarySmokeTest {
  private static final byte[] BYTES = "limpet".getBytes(StandardCharsets.UTF_8);
  private static final Cid CID = Cid.of(Multicodec.RAW, BYTES);

  private final FakeKubo kubo = new FakeKubo();
  private final LibraryClient client = client(Duration.ofSeconds(20));
  private final LibraryBlockstore store = new LibraryBlockstore(client);
  private final LibraryPins pins = new LibraryPins(client);

  LibrarySmokeTest() throws IOException {
    if (!NewerMethods.arePresent()) {
      kubo.writeBase58();
    }
  }

  private LibraryClient client(Duration silence) {
    return new LibraryClient(new KuboAddress(kubo.url(), null), silence);
  }

  @AfterEach
  void stop() {
    store.close();
    kubo.close();
  }

  @Test
  void blocks_are_put_and_read_and_what_is_missing_is_never_fetched() {
    assertNull(store.get(CID));
    store.put(Block.of(Multicodec.RAW, BYTES));
    assertArrayEquals(BYTES, store.get(CID));
    assertArrayEquals(BYTES, store.get(Cid.v0(CID.multihash())));
    assertEquals(BYTES.length, store.sizeOf(CID));
    List<String> reads =
        kubo.requests().stream()
            .filter(r -> r.contains("arg="))
            .map(LibrarySmokeTest::line)
            .toList();
    assertEquals(6, reads.size());
    for (String read : reads) {
      assertTrue(read.contains("&offline=true"), read);
    }
  }

  private static String line(String request) {
    return request.lines().findFirst().orElse("");
  }

  @Test
  void a_block_that_does_not_hash_to_its_cid_is_never_given() {
    kubo.hold(CID, "other".getBytes(StandardCharsets.UTF_8));
    assertThrows(HashMismatchException.class, () -> store.get(CID));
  }

  @Test
  void a_block_over_the_limit_is_not_read() {
    kubo.hold(CID, new byte[Block.MAX_BLOCK_BYTES + 1]);
    assertThrows(StoreFailedException.class, () -> store.get(CID));
    assertTrue(kubo.requests().stream().noneMatch(r -> r.contains("block/get")));
  }

  @Test
  void a_block_whose_hash_the_library_cannot_name_is_refused_before_it_is_sent() {
    Cid other = Cid.v1(Multicodec.RAW, Multihash.of(0x13, new byte[64]));
    StoreFailedException refusal =
        assertThrows(StoreFailedException.class, () -> store.put(new Block(other, BYTES)));
    assertTrue(String.valueOf(refusal.getMessage()).contains("kubo:URL"), refusal.getMessage());
    assertTrue(kubo.requests().isEmpty());
  }

  @Test
  void pins_are_added_with_their_names_listed_and_let_go() throws IOException {
    kubo.hold(BYTES);
    pins.add(CID, "a name & more", PinKind.RECURSIVE);
    assertTrue(kubo.requests().getLast().contains("&name=a+name+%26+more"));
    pins.add(CID, "", PinKind.DIRECT);
    assertEquals(List.of(new KuboPins.Pinned(CID, "")), pins.list(PinKind.RECURSIVE));
    assertEquals(List.of(new KuboPins.Pinned(CID, "")), pins.list(PinKind.DIRECT));
    assertTrue(pins.remove(CID));
    assertEquals(List.of(), pins.list(PinKind.RECURSIVE));
    pins.remove(CID);
    assertFalse(pins.remove(CID));
    Cid missing = Cid.of(Multicodec.RAW, new byte[9]);
    assertThrows(KuboException.class, () -> pins.add(missing, "", PinKind.RECURSIVE));
    assertEquals("0.43.0", pins.version());
  }

  @Test
  void a_kubo_that_is_away_or_stands_still_or_talks_nonsense_is_an_error_of_the_store() {
    kubo.hold(BYTES);
    kubo.tell("block/stat", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
    assertThrows(StoreFailedException.class, () -> store.get(CID));
    kubo.tell("block/stat", "HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\n{{{");
    assertThrows(StoreFailedException.class, () -> store.get(CID));
    kubo.tell("block/stat", null);
    assertArrayEquals(BYTES, store.get(CID));
    kubo.close();
    StoreFailedException away = assertThrows(StoreFailedException.class, () -> store.get(CID));
    assertTrue(String.valueOf(away.getMessage()).contains(kubo.url().toString()));
    assertFalse(String.valueOf(away.getMessage()).contains("\n"));
  }

  @Test
  void what_the_library_cannot_do_safely_is_refused_at_the_start() {
    KuboAddress far = new KuboAddress(URI.create("https://kubo.example"), null);
    assertThrows(IllegalArgumentException.class, () -> LibraryClient.requireUsable(far));
    KuboAddress secret = new KuboAddress(kubo.url(), "s3cret");
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> LibraryClient.requireUsable(secret));
    assertFalse(String.valueOf(refusal.getMessage()).contains("s3cret"));
  }

  @Test
  void missing_jars_are_named_in_one_line() {
    ClassLoader without = ClassLoader.getPlatformClassLoader();
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> LibraryClasses.require(without));
    String line = String.valueOf(refusal.getMessage());
    for (String jar :
        List.of(
            "java-ipfs-http-client-1.5.1.jar",
            "java-multiaddr-1.5.0.jar",
            "java-cid-1.4.0.jar",
            "java-multihash-1.4.0.jar",
            "java-multibase-1.3.0.jar")) {
      assertTrue(line.contains(jar), line);
    }
    assertEquals(1, line.lines().count());
    LibraryClasses.require(LibrarySmokeTest.class.getClassLoader());
  }
}
