package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  private static final String V0 = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
  private static final String V0_AS_V1 =
      "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
  private static final String EMPTY_RAW =
      "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

  @Test
  void the_empty_raw_block_has_its_well_known_cid() {
    Cid cid = Cid.of(Multicodec.RAW, new byte[0]);
    assertEquals(EMPTY_RAW, cid.toString());
    assertEquals(cid, Cid.parse(EMPTY_RAW));
    assertEquals(Multicodec.RAW, cid.codec());
    assertEquals(1, cid.version());
    assertFalse(cid.isIdentity());
  }

  @Test
  void version_0_and_its_version_1_differ_and_share_the_multihash() {
    Cid v0 = Cid.parse(V0);
    Cid v1 = Cid.parse(V0_AS_V1);
    assertEquals(0, v0.version());
    assertEquals(Multicodec.DAG_PB, v0.codec());
    assertEquals(v1, v0.toV1());
    assertNotEquals(v1, v0);
    assertEquals(v1.multihash(), v0.multihash());
    assertEquals(V0, v0.toString());
    assertEquals(34, v0.toBytes().length);
    assertEquals(V0, Cid.v0(v1.multihash()).toString());
  }

  @Test
  void a_cid_is_the_same_in_every_base() {
    Cid cid = Cid.parse(V0_AS_V1);
    for (Multibase base : Multibase.values()) {
      assertEquals(cid, Cid.parse(cid.toString(base)));
    }
  }

  @Test
  void an_identity_cid_carries_its_bytes() {
    Cid probe = Cid.parse("bafkqaaa");
    assertTrue(probe.isIdentity());
    assertEquals(0, probe.multihash().digestLength());
    byte[] data = "hello".getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.identity(data));
    assertArrayEquals(data, Cid.parse(cid.toString()).multihash().digest());
    assertTrue(cid.multihash().matches(data));
    assertFalse(cid.multihash().matches(new byte[5]));
  }

  @Test
  void the_text_is_written_into_an_array_as_it_is_said() {
    Random random = new Random(10);
    List<Cid> cids = new ArrayList<>(List.of(Cid.parse(V0), Cid.parse(V0_AS_V1)));
    for (int bytes = 0; bytes <= Multihash.MAX_IDENTITY_BYTES; bytes++) {
      byte[] data = new byte[bytes];
      random.nextBytes(data);
      cids.add(Cid.v1(random.nextLong(Long.MAX_VALUE), Multihash.identity(data)));
      cids.add(Cid.of(Multicodec.DAG_CBOR, data));
    }
    for (Cid cid : cids) {
      byte[] target = new byte[cid.textLength() + 2];
      Arrays.fill(target, (byte) '#');
      assertEquals(target.length - 1, cid.writeText(target, 1));
      String text = Cid.decode(cid.toBytes()).toString();
      assertEquals("#" + text + "#", new String(target, StandardCharsets.US_ASCII));
      assertEquals(cid, Cid.parse(text));
    }
  }

  @Test
  void the_order_of_cids_of_all_kinds_is_that_of_the_bytes() {
    Random random = new Random(11);
    List<Cid> cids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] data = new byte[random.nextInt(4)];
      random.nextBytes(data);
      Cid cid = Cid.of(random.nextInt(300), data);
      cids.add(cid);
      cids.add(Cid.v1(cid.codec(), Multihash.identity(data)));
      cids.add(Cid.v1(cid.codec(), Multihash.hash(0x13, data)));
      cids.add(Cid.v0(cid.multihash()));
    }
    for (Cid one : cids) {
      for (Cid other : cids) {
        int wanted = Arrays.compareUnsigned(one.toBytes(), other.toBytes());
        assertEquals(Integer.signum(wanted), Integer.signum(one.compareTo(other)));
      }
    }
  }

  @Test
  void an_identity_cid_has_at_most_128_bytes() {
    Cid longest = Cid.v1(Long.MAX_VALUE, Multihash.identity(new byte[128]));
    assertEquals(Cid.MAX_CID_BYTES, longest.toBytes().length);
    assertEquals(longest, Cid.parse(longest.toString()));
    assertEquals(longest, Cid.parse(longest.toString(Multibase.BASE36)));
    assertThrows(CidFormatException.class, () -> Multihash.identity(new byte[129]));
    byte[] tooLong = new byte[5 + 129];
    byte[] head = HexFormat.of().parseHex("0155008101");
    System.arraycopy(head, 0, tooLong, 0, head.length);
    assertThrows(CidFormatException.class, () -> Cid.decode(tooLong));
  }

  @Test
  void another_hash_function_is_refused_with_a_sentence() {
    byte[] blake2b = HexFormat.of().parseHex("0155a0e40220" + "00".repeat(32));
    var refused = assertThrows(CidFormatException.class, () -> Cid.decode(blake2b));
    assertEquals(
        "the hash function 0xb220 is not supported;"
            + " sha2-256 (0x12), sha2-512 (0x13), sha3 (0x14 to 0x17) and identity (0x0) are",
        refused.getMessage());
  }

  @Test
  void a_digest_that_is_too_short_or_too_long_is_refused_with_a_sentence() {
    byte[] cut = HexFormat.of().parseHex("01551313" + "00".repeat(19));
    var refused = assertThrows(CidFormatException.class, () -> Cid.decode(cut));
    assertEquals("a digest of 0x13 has 20 to 64 bytes, not 19", refused.getMessage());
    byte[] sha1 = HexFormat.of().parseHex("01551114" + "00".repeat(20));
    assertThrows(CidFormatException.class, () -> Cid.decode(sha1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Qm",
        "hello",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0",
        "zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
        " bafkqaaa",
        "bafkqaaa ",
        "bafkqaaab",
        "BAFKQAAA",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv",
        "f01551200",
        "b\u0000",
        "caf\u00e9"
      })
  void what_is_no_cid_is_refused(String text) {
    var refused = assertThrows(CidFormatException.class, () -> Cid.parse(text));
    assertTrue(refused.getMessage().startsWith("not a CID: "), refused.getMessage());
    assertTrue(refused.getMessage().chars().allMatch(c -> c >= ' ' && c < 0x7f));
  }

  @Test
  void a_version_0_in_multibase_is_refused() {
    String text = Multibase.BASE32.encodePrefixed(Cid.parse(V0).toBytes());
    assertThrows(CidFormatException.class, () -> Cid.parse(text));
  }

  @Test
  void a_very_long_text_is_refused() {
    String text = "b" + "a".repeat(1_000_000);
    var refused = assertThrows(CidFormatException.class, () -> Cid.parse(text));
    assertTrue(refused.getMessage().length() < 200, refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {V0, V0_AS_V1, EMPTY_RAW, "bafkqabtimvwgy3yk"})
  void every_cut_of_a_binary_cid_is_refused(String text) {
    byte[] bytes = Cid.parse(text).toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(CidFormatException.class, () -> Cid.decode(cut), "length " + length);
    }
    byte[] extended = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(CidFormatException.class, () -> Cid.decode(extended));
  }

  @Test
  void a_cid_is_read_from_the_start_of_a_buffer() {
    byte[] first = Cid.parse(V0).toBytes();
    byte[] second = Cid.parse(EMPTY_RAW).toBytes();
    ByteBuffer buffer = ByteBuffer.allocate(100).put(first).put(second).flip();
    assertEquals(V0, Cid.read(buffer).toString());
    assertEquals(EMPTY_RAW, Cid.read(buffer).toString());
    assertEquals(0, buffer.remaining());
  }

  @Test
  void the_order_is_that_of_the_bytes() {
    List<Cid> cids =
        List.of(Cid.parse("bafkqaaa"), Cid.parse(EMPTY_RAW), Cid.parse(V0_AS_V1), Cid.parse(V0));
    assertEquals(cids, cids.reversed().stream().sorted().toList());
  }

  @Test
  void mutated_cids_are_refused_or_read_back_the_same() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] sample = Cid.parse("bafkqabtimvwgy3yk").toBytes();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = sample.clone();
      for (int change = 0; change <= random.nextInt(3); change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertRefusedOrCanonical(bytes, seed);
    }
  }

  private static void assertRefusedOrCanonical(byte[] bytes, long seed) {
    Cid cid;
    try {
      cid = Cid.decode(bytes);
    } catch (CidFormatException _) {
      return;
    }
    assertArrayEquals(bytes, cid.toBytes(), "seed " + seed);
    assertEquals(cid, Cid.parse(cid.toString()), "seed " + seed);
  }
}
