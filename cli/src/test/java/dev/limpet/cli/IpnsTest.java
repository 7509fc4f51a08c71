package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IpnsTest {
  private static final String CID = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";
  private static final String OTHER = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

  @TempDir private Path folder = Path.of("");

  private RecordingTerminal terminal = new RecordingTerminal();

  private int run(String... words) {
    terminal = new RecordingTerminal();
    return terminal.run(words);
  }

  private int sign(String target, String... more) {
    String[] words = new String[more.length + 7];
    String[] first = {"ipns", "sign", target, "--key", key(), "--out", record()};
    System.arraycopy(first, 0, words, 0, first.length);
    System.arraycopy(more, 0, words, first.length, more.length);
    return run(words);
  }

  private String key() {
    return folder.resolve("photos.key").toString();
  }

  private String record() {
    return folder.resolve("photos.ipns").toString();
  }

  @Test
  void a_record_is_signed_by_a_key_that_only_its_owner_reads_and_verified_by_the_name()
      throws IOException {
    assertEquals(0, sign(CID), terminal.err());
    String name = terminal.out().strip();
    assertTrue(name.startsWith("k51"), name);
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(key()))));
    assertEquals(0, run("ipns", "verify", name, record(), "--json"), terminal.err());
    JsonObject said = JsonObject.parse(terminal.out());
    assertEquals("/ipfs/" + CID, said.text("value"));
    assertEquals(name, said.text("name"));
    assertEquals(0, said.number("sequence"));
  }

  @Test
  void the_sequence_grows_when_the_name_stands_for_something_else() {
    assertEquals(0, sign(CID, "--json"), terminal.err());
    assertEquals(0, sign(CID, "--json"), terminal.err());
    assertEquals(0, JsonObject.parse(terminal.out()).number("sequence"));
    assertEquals(0, sign("/ipfs/" + OTHER + "/a b", "--json"), terminal.err());
    assertEquals(1, JsonObject.parse(terminal.out()).number("sequence"));
  }

  @Test
  void a_file_that_is_no_record_of_the_name_is_left_as_it_is() throws IOException {
    byte[] letter = {1, 2, 3};
    Files.write(Path.of(record()), letter);
    assertEquals(2, sign(CID));
    assertArrayEquals(letter, Files.readAllBytes(Path.of(record())));
    assertFalse(Files.exists(Path.of(record() + ".new")));
  }

  @Test
  void a_record_that_was_changed_has_ended_or_is_another_name_s_is_refused() throws IOException {
    assertEquals(0, sign(CID));
    String name = terminal.out().strip();
    String stranger = "k51qzi5uqu5dj8pkpuqcceop291jrlqmqqwelwlbqx4t1shza473mlycznm12j";
    assertEquals(4, run("ipns", "verify", stranger, record()));
    byte[] bytes = Files.readAllBytes(Path.of(record()));
    bytes[bytes.length - 20] ^= 1;
    Files.write(Path.of(record()), bytes);
    assertEquals(4, run("ipns", "verify", name, record()));
    Files.delete(Path.of(record()));
    assertEquals(0, sign(CID, "--lifetime", "0s"), terminal.err());
    assertEquals(4, run("ipns", "verify", name, record()));
    assertTrue(terminal.err().contains("ended"), terminal.err());
  }

  @Test
  void what_makes_no_sense_is_wrong_usage() {
    assertEquals(2, sign("photos"));
    assertEquals(2, sign(CID, "--lifetime", "soon"));
    assertEquals(2, run("ipns", "verify", "photos", key()));
    assertEquals(2, run("ipns", "verify", "k51", folder.resolve("none").toString()));
    assertEquals(2, run("ipns"));
  }
}
