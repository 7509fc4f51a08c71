package dev.limpet.protocol.ipns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpnsRecordTest {
  private static final String NAME =
      "k51qzi5uqu5dj8pkpuqcceop291jrlqmqqwelwlbqx4t1shza473mlycznm12j";

  /** What Kubo 0.43.0 made of this key, and its own record. */
  private static final String KEY =
      "MC4CAQAwBQYDK2VwBCIEIIcNFP7vKJjvRqKVDSGKSXLO+5ipcBhVMi3tM+EQ1ymp";

  private static final byte[] KUBO =
      hex(
          """
          0a412f697066732f6261666b7265696379736732336b69777633346567326437717765697078776f
          73646f327079346c647634326e62617567756c75656e357636616d1240fd5341edbe68bdf35150c5
          eae475a8cde5a950ce4b38d7cd735d075e890df969c2f5eb2c9454302e0f0f2d1099d82c0701a1b9
          e29491ca32d72a6ca51719ea0a1800221c323132362d31312d30325432303a33353a34322e323030
          383932365a28003080f092cbdd0842406de00a0aedecb7e14d34b42bab1c901d981609bd4158500a
          188005a663f2e1d535f296f85402712f6290f47608da3cf5b21a0598d05de76ca12e439ee8c23506
          4a9601a56354544c1b00000045d964b8006556616c756558412f697066732f6261666b7265696379
          736732336b69777633346567326437717765697078776f73646f327079346c647634326e62617567
          756c75656e357636616d6853657175656e6365006856616c6964697479581c323132362d31312d30
          325432303a33353a34322e323030383932365a6c56616c69646974795479706500
          """);

  private static final IpnsContent CONTENT =
      new IpnsContent(
          "/ipfs/bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am",
          Instant.parse("2126-11-02T20:35:42.2008926Z"),
          0,
          Duration.ofMinutes(5));

  @TempDir private Path folder = Path.of("");

  private final NodeIdentity identity = NodeIdentity.generate();
  private final IpnsName name = new IpnsName(identity.peerId());

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  private static String refused(IpnsName name, byte[] record) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> IpnsRecord.verify(name, record));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(" "), message);
    return message;
  }

  @Test
  void a_record_is_signed_to_the_bytes_that_kubo_gives_it() throws IOException {
    PeerId peerId = IpnsName.parse(NAME).owner();
    Path file = Files.writeString(folder.resolve("key"), peerId + "\n" + KEY + "\n");
    IpnsRecord record = IpnsRecord.sign(NodeIdentity.loadOrCreate(file), CONTENT);
    assertEquals(HexFormat.of().formatHex(KUBO), HexFormat.of().formatHex(record.bytes()));
    assertEquals(NAME, record.name().toString());
  }

  @Test
  void a_record_of_kubo_is_verified_and_read() {
    IpnsRecord record = IpnsRecord.verify(IpnsName.parse(NAME), KUBO);
    assertEquals(CONTENT, record.content());
    assertArrayEquals(KUBO, record.bytes());
    assertTrue(record.holdsAt(CONTENT.validity()));
    assertFalse(record.holdsAt(CONTENT.validity().plusNanos(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d",
        "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8"
      })
  void a_name_has_a_form_of_its_own_and_others_are_read(String text) {
    IpnsName parsed = IpnsName.parse(text);
    assertTrue(parsed.toString().startsWith("k51"), parsed.toString());
    assertEquals(parsed, IpnsName.parse(parsed.toString()));
    assertEquals(parsed, IpnsName.parse(parsed.owner().toString()));
    assertEquals(parsed, IpnsName.parse(parsed.cid().toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3",
        "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am",
        "12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2",
        "bafkqaaa",
        "k51"
      })
  void what_is_no_name_of_an_ed25519_key_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> IpnsName.parse(text));
  }

  @Test
  void a_byte_that_is_changed_is_found_wherever_it_is_signed() {
    IpnsName owner = IpnsName.parse(NAME);
    int read = 0;
    for (int i = 0; i < KUBO.length; i++) {
      byte[] changed = KUBO.clone();
      changed[i] ^= 0x11;
      try {
        assertEquals(CONTENT, IpnsRecord.verify(owner, changed).content(), "byte " + i);
        read++;
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).contains(" "), e.getMessage());
      }
    }
    assertEquals(64, read, "only the signature of version 1 is not looked at");
  }

  @Test
  void a_record_that_is_cut_is_refused_at_each_length() {
    for (int length = 0; length < KUBO.length; length++) {
      refused(IpnsName.parse(NAME), Arrays.copyOf(KUBO, length));
    }
  }

  @Test
  void noise_is_refused_and_never_fails_otherwise() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      try {
        assertThrows(IllegalArgumentException.class, () -> IpnsRecord.verify(name, noise));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void a_record_of_another_name_is_refused() {
    byte[] record = IpnsRecord.sign(identity, CONTENT).bytes();
    assertEquals(CONTENT, IpnsRecord.verify(name, record).content());
    refused(new IpnsName(NodeIdentity.generate().peerId()), record);
  }

  /** Signed by the owner, with data and fields as told. */
  private byte[] signed(Map<String, Ipld> entries, UnaryOperator<IpnsFields> more) {
    byte[] data = DagCbor.encode(new Ipld.MapNode(entries));
    byte[] before = "ipns-signature:".getBytes(StandardCharsets.US_ASCII);
    byte[] message = Arrays.copyOf(before, before.length + data.length);
    System.arraycopy(data, 0, message, before.length, data.length);
    IpnsFields fields =
        new IpnsFields()
            .with(IpnsFields.DATA, data)
            .with(IpnsFields.SIGNATURE_V2, identity.sign(message));
    return more.apply(fields).encode();
  }

  private static Map<String, Ipld> entries() {
    Map<String, Ipld> entries = new LinkedHashMap<>();
    entries.put("TTL", new Ipld.Int(1));
    entries.put("Value", bytes("/ipfs/x"));
    entries.put("Sequence", new Ipld.Int(7));
    entries.put("Validity", bytes("2030-01-01T00:00:00+01:00"));
    entries.put("ValidityType", new Ipld.Int(0));
    return entries;
  }

  private static Ipld.Bytes bytes(String text) {
    return new Ipld.Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void version_2_alone_is_enough_and_entries_of_the_owners_own_are_left_alone() {
    Map<String, Ipld> entries = entries();
    entries.put("Own", bytes("thing"));
    IpnsContent content = IpnsRecord.verify(name, signed(entries, fields -> fields)).content();
    assertEquals(Instant.parse("2029-12-31T23:00:00Z"), content.validity());
    assertEquals(7, content.sequence());
  }

  @ParameterizedTest
  @CsvSource({
    "Value, no-path",
    "Value, /ipfs/a\u0001b",
    "Validity, tomorrow",
    "Validity, 2030-01-01T00:00:00",
    "Validity, +12030-01-01T00:00:00Z",
    "Validity, -0001-01-01T00:00:00Z",
    "TTL, bytes",
    "Sequence, bytes",
    "ValidityType, bytes"
  })
  void signed_data_that_makes_no_sense_is_refused(String key, String value) {
    Map<String, Ipld> entries = entries();
    entries.put(key, bytes(value));
    refused(name, signed(entries, fields -> fields));
    entries.remove(key);
    refused(name, signed(entries, fields -> fields));
  }

  @Test
  void numbers_out_of_range_are_refused() {
    for (String key : new String[] {"TTL", "Sequence", "ValidityType"}) {
      Map<String, Ipld> entries = entries();
      entries.put(key, new Ipld.Int(-1));
      refused(name, signed(entries, fields -> fields));
    }
  }

  @Test
  void version_1_must_say_what_version_2_says() {
    byte[] value = "/ipfs/x".getBytes(StandardCharsets.UTF_8);
    byte[] time = "2029-12-31T23:00:00Z".getBytes(StandardCharsets.UTF_8);
    UnaryOperator<IpnsFields> same =
        fields ->
            fields
                .with(IpnsFields.VALUE, value)
                .with(IpnsFields.VALIDITY, time)
                .with(IpnsFields.SEQUENCE, 7)
                .with(IpnsFields.TTL, 1);
    assertEquals(7, IpnsRecord.verify(name, signed(entries(), same)).content().sequence());
    refused(name, signed(entries(), f -> same.apply(f).with(IpnsFields.VALUE, new byte[] {'/'})));
    refused(name, signed(entries(), f -> same.apply(f).with(IpnsFields.SEQUENCE, 8)));
    refused(name, signed(entries(), f -> same.apply(f).with(IpnsFields.TTL, 2)));
    refused(name, signed(entries(), f -> same.apply(f).with(IpnsFields.VALIDITY_TYPE, 1)));
    refused(name, signed(entries(), f -> same.apply(f).with(IpnsFields.VALIDITY, new byte[0])));
  }

  @Test
  void a_record_that_is_too_large_or_has_a_field_twice_is_refused() {
    byte[] record = signed(entries(), fields -> fields);
    byte[] twice = Arrays.copyOf(record, 2 * record.length);
    System.arraycopy(record, 0, twice, record.length, record.length);
    assertTrue(refused(name, twice).contains("twice"));
    byte[] large = Arrays.copyOf(record, IpnsRecord.MAX_RECORD_BYTES + 1);
    assertTrue(refused(name, large).contains("at most"));
    String path = "/ipfs/" + "x".repeat(IpnsContent.MAX_VALUE_BYTES);
    Instant end = CONTENT.validity();
    assertThrows(
        IllegalArgumentException.class, () -> new IpnsContent(path, end, 0, Duration.ZERO));
  }

  @Test
  void the_key_of_another_in_a_record_is_refused() {
    byte[] other = new IpnsName(NodeIdentity.generate().peerId()).cid().multihash().digest();
    byte[] own = name.cid().multihash().digest();
    assertEquals(
        7,
        IpnsRecord.verify(name, signed(entries(), f -> f.with(IpnsFields.PUBLIC_KEY, own)))
            .content()
            .sequence());
    refused(name, signed(entries(), f -> f.with(IpnsFields.PUBLIC_KEY, other)));
    refused(name, signed(entries(), f -> f.with(IpnsFields.PUBLIC_KEY, new byte[36])));
  }

  @Test
  void the_newer_of_two_records_has_the_greater_sequence_or_holds_longer() {
    IpnsRecord first = record(1, 0);
    assertTrue(record(2, -5).isNewerThan(first));
    assertTrue(record(1, 1).isNewerThan(first));
    assertFalse(record(1, 0).isNewerThan(first));
    assertFalse(record(0, 9).isNewerThan(first));
  }

  private IpnsRecord record(long sequence, int later) {
    Instant end = Instant.parse("2030-01-01T00:00:00Z").plusSeconds(later);
    return IpnsRecord.sign(
        identity, new IpnsContent("/ipfs/x", end, sequence, Duration.ofMinutes(5)));
  }
}
