package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("identity.key");
  }

  @Test
  void an_identity_is_made_once_and_is_the_same_after_each_start() throws IOException {
    NodeIdentity first = NodeIdentity.loadOrCreate(file());
    NodeIdentity second = NodeIdentity.loadOrCreate(file());
    assertEquals(first.peerId(), second.peerId());
    assertTrue(NodeIdentity.verify(first.peerId(), MESSAGE, second.sign(MESSAGE)));
    assertNotEquals(first.peerId(), NodeIdentity.generate().peerId());
  }

  @Test
  void only_its_owner_may_read_the_file_and_nothing_else_is_left_there() throws IOException {
    NodeIdentity.loadOrCreate(file());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file()), files.toList());
    }
  }

  @Test
  void what_a_crash_left_unfinished_is_written_anew() throws IOException {
    Path unfinished = folder.resolve("identity.key.new");
    Files.writeString(unfinished, "12D3Koo");
    NodeIdentity made = NodeIdentity.loadOrCreate(file());
    assertFalse(Files.exists(unfinished));
    assertEquals(made.peerId(), NodeIdentity.loadOrCreate(file()).peerId());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
  }

  @Test
  void a_damaged_file_stops_the_start_and_stays_as_it_is() throws IOException {
    String good = good();
    String key = good.split("\n", -1)[1];
    for (String damaged :
        List.of(
            "",
            "\n",
            good.split("\n", -1)[0],
            key,
            good + "more\n",
            good.substring(1),
            good.substring(0, good.length() - 3),
            good.replace(key, key.substring(4)),
            good.replace(key, "!!!!"),
            good.replace(key, Base64.getEncoder().encodeToString(new byte[48])),
            "x".repeat(2000))) {
      Files.writeString(file(), damaged);
      IOException e =
          assertThrows(IOException.class, () -> NodeIdentity.loadOrCreate(file()), damaged);
      assertTrue(String.valueOf(e.getMessage()).contains("identity.key"), e.getMessage());
      assertFalse(String.valueOf(e.getMessage()).contains(key), "the key is shown");
      assertEquals(damaged, Files.readString(file()));
    }
  }

  @Test
  void bytes_that_are_no_text_stop_the_start() throws IOException {
    Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThrows(IOException.class, () -> NodeIdentity.loadOrCreate(file()));
  }

  @Test
  void the_key_of_another_node_is_noticed() throws IOException {
    String mine = good();
    Files.delete(file());
    String others = good();
    Files.writeString(file(), mine.split("\n", -1)[0] + "\n" + others.split("\n", -1)[1] + "\n");
    IOException e = assertThrows(IOException.class, () -> NodeIdentity.loadOrCreate(file()));
    assertTrue(String.valueOf(e.getMessage()).contains("is not the one of"), e.getMessage());
  }

  private String good() throws IOException {
    NodeIdentity.loadOrCreate(file());
    return Files.readString(file());
  }

  @Test
  void a_folder_that_is_not_there_is_an_error_and_makes_nothing() throws IOException {
    Path nowhere = folder.resolve("absent").resolve("identity.key");
    assertThrows(IOException.class, () -> NodeIdentity.loadOrCreate(nowhere));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  /** RFC 8032, section 7.1, test 2. */
  @Test
  void signatures_are_those_of_rfc_8032() throws IOException {
    byte[] seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    byte[] publicKey = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    byte[] expected =
        hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    String pkcs8 = "302e020100300506032b657004220420" + HexFormat.of().formatHex(seed);
    PeerId peerId = PeerId.of(publicKey);
    Files.writeString(
        file(), peerId + "\n" + Base64.getEncoder().encodeToString(hex(pkcs8)) + "\n");
    NodeIdentity identity = NodeIdentity.loadOrCreate(file());
    assertEquals(peerId, identity.peerId());
    assertArrayEquals(expected, identity.sign(hex("72")));
    assertTrue(NodeIdentity.verify(peerId, hex("72"), expected));
    assertFalse(NodeIdentity.verify(peerId, hex("73"), expected));
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void a_key_that_is_no_point_of_the_curve_signed_nothing() {
    byte[] signature = NodeIdentity.generate().sign(MESSAGE);
    byte[] noPoint = new byte[32];
    noPoint[0] = 2;
    assertFalse(NodeIdentity.verify(PeerId.of(noPoint), MESSAGE, signature));
    assertFalse(NodeIdentity.verify(PeerId.of(new byte[32]), MESSAGE, new byte[64]));
  }

  @Test
  void the_key_is_not_printed() throws IOException {
    String key = good().split("\n", -1)[1];
    assertFalse(NodeIdentity.loadOrCreate(file()).toString().contains(key.substring(20)));
  }
}
