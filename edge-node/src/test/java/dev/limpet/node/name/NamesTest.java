package dev.limpet.node.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.ipns.IpnsName;
import dev.limpet.protocol.ipns.IpnsRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final NameRecords.Term TERM =
      new NameRecords.Term(DAY, Duration.ofMinutes(5), NameRecords.Term.NEXT);
  private static final String VALUE =
      "/ipfs/bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";

  @TempDir Path dir = Path.of("");

  private final NodeIdentity self = NodeIdentity.generate();
  private Instant now = Instant.parse("2026-11-26T00:00:00Z");

  private NameKeys keys() throws IOException {
    return NameKeys.open(dir.resolve("keys"), self);
  }

  private NameRecords records() {
    return new NameRecords(dir.resolve("names"), () -> now);
  }

  private static String refused(Runnable work) {
    return assertThrows(NameException.class, work::run).reason();
  }

  @Test
  void keys_outlive_the_process_and_only_their_owner_reads_them() throws IOException {
    NameKeys keys = keys();
    PeerId made = keys.generate("photos");
    assertEquals(Map.of("photos", made), keys.list());
    assertEquals(Map.of("photos", made), keys().list());
    assertEquals(made, keys().find("photos").peerId());
    assertEquals(made, keys().find(new IpnsName(made).toString()).peerId());
    assertEquals(self.peerId(), keys().find(NameKeys.SELF).peerId());
    Path file = dir.resolve("keys/photos.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("no key by the given name was found", refused(() -> keys.find("other")));
  }

  @Test
  void keys_are_renamed_and_removed_for_good() throws IOException {
    NameKeys keys = keys();
    PeerId first = keys.generate("a");
    PeerId second = keys.generate("b");
    assertTrue(refused(() -> keys.rename("a", "b", false)).contains("already exists"));
    assertEquals(new NameKeys.Renamed(first, false), keys.rename("a", "c", false));
    assertEquals(new NameKeys.Renamed(first, true), keys.rename("c", "b", true));
    assertNotEquals(first, second);
    assertEquals(Map.of("b", first), keys().list());
    assertEquals(first, keys.remove("b"));
    assertEquals(Map.of(), keys().list());
    assertEquals("no key named b was found", refused(() -> keys.remove("b")));
  }

  @Test
  void names_of_keys_never_lead_out_of_their_folder() throws IOException {
    NameKeys keys = keys();
    for (String name : List.of("../x", "a/b", ".hidden", "a b", "a\0", "\u00e4", "x".repeat(65))) {
      assertTrue(refused(() -> keys.generate(name)).contains("letters, digits"), name);
    }
    assertEquals("key name must be at least one character", refused(() -> keys.generate("")));
    for (Runnable work :
        List.<Runnable>of(
            () -> keys.generate("self"),
            () -> keys.remove("self"),
            () -> keys.rename("self", "x", true))) {
      assertTrue(refused(work).contains("key with name 'self'"));
    }
    assertTrue(!Files.exists(dir.resolve("keys")));
  }

  @Test
  void a_record_is_newer_than_the_one_before_and_holds_as_long_as_it_says() {
    NameRecords records = records();
    IpnsName name = new IpnsName(self.peerId());
    assertNull(records.find(name));
    IpnsRecord first = records.publish(self, VALUE, TERM);
    IpnsRecord second = records.publish(self, VALUE + "/a", TERM);
    assertTrue(second.isNewerThan(first));
    IpnsRecord found = records().find(name);
    assertNotNull(found);
    assertEquals(second.content(), found.content());
    assertEquals(VALUE + "/a/b", records.resolve("/ipns/" + name + "/b", true));
    NameRecords.Term seventh = new NameRecords.Term(DAY, Duration.ofMinutes(5), 7);
    assertEquals(7, records.publish(self, VALUE, seventh).content().sequence());
    assertTrue(refused(() -> records.publish(self, VALUE, seventh)).contains("greater"));
    assertEquals(8, records.publish(self, VALUE, TERM).content().sequence());
    now = now.plus(DAY).plusSeconds(1);
    assertTrue(refused(() -> records.resolve("/ipns/" + name, true)).contains("no longer holds"));
  }

  @Test
  void names_that_stand_for_names_are_followed_but_not_for_ever() {
    NameRecords records = records();
    NodeIdentity other = NodeIdentity.generate();
    String otherName = "/ipns/" + new IpnsName(other.peerId());
    String selfName = "/ipns/" + new IpnsName(self.peerId());
    records.publish(other, VALUE, TERM);
    records.publish(self, otherName, TERM);
    assertEquals(VALUE, records.resolve(selfName, true));
    assertEquals(otherName, records.resolve(selfName, false));
    records.publish(other, selfName, TERM);
    assertTrue(refused(() -> records.resolve(selfName, true)).contains("recursion limit"));
  }

  @Test
  void a_damaged_record_and_names_that_are_none_are_told() throws IOException {
    NameRecords records = records();
    IpnsName name = new IpnsName(self.peerId());
    records.publish(self, VALUE, TERM);
    Path file = dir.resolve("names/" + name + ".ipns-record");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertTrue(refused(() -> records.resolve("/ipns/" + name, true)).contains("damaged"));
    Files.write(file, new byte[IpnsRecord.MAX_RECORD_BYTES + 1]);
    assertTrue(refused(() -> records.resolve("/ipns/" + name, true)).contains("damaged"));
    assertTrue(refused(() -> records.resolve("/ipns/a.example", true)).contains("DNSLink"));
    assertTrue(refused(() -> records.resolve("/ipns/../x", true)).contains("DNSLink"));
    assertTrue(refused(() -> records.publish(self, "x", TERM)).contains("/ipfs/"));
    assertTrue(records.publish(self, VALUE, TERM).content().sequence() > 1);
    assertEquals(VALUE, records.resolve("/ipns/" + name, true));
  }
}
