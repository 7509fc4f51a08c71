package dev.limpet.protocol.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static final ConfigKey<Long> QUOTA =
      ConfigKey.bytes("quota", 1 << 20, 1L << 40).orElse("10GiB").says("Bytes of the store.");
  private static final ConfigKey<Integer> SLOTS =
      ConfigKey.integer("slots", 1, 64).orElse("2").says("Guests at once.");
  private static final ConfigKey<Duration> DRAIN =
      ConfigKey.duration("drain", Duration.ZERO, Duration.ofMinutes(1)).orElse("10s").says("Wait.");
  private static final ConfigKey<Boolean> PUBLIC = ConfigKey.flag("public-data").orElse("false");
  private static final ConfigKey<ListenAddress> LISTEN =
      ConfigKey.address("listen").orElse("127.0.0.1:8641");
  private static final ConfigKey<URI> GATEWAY = ConfigKey.url("gateway");
  private static final ConfigKey<Path> DIR = ConfigKey.path("dir").orElse("limpet-data");
  private static final ConfigKey<String> LEVEL =
      ConfigKey.choice("level", List.of("low", "high")).orElse("low");
  private static final ConfigKey<List<String>> HOSTS =
      ConfigKey.list(ConfigKey.of("hosts", "host names", text -> text));
  private static final ConfigKey<String> TOKEN = ConfigKey.secret("token").says("For owners.");

  private static final ConfigSchema SCHEMA =
      new ConfigSchema(
          "node", List.of(QUOTA, SLOTS, DRAIN, PUBLIC, LISTEN, GATEWAY, DIR, LEVEL, HOSTS, TOKEN));

  private static final String SECRET = "0123456789abcdef";

  @TempDir Path folder;

  @Test
  void without_anything_the_defaults_hold() {
    Config config = settings();
    assertEquals(10L << 30, config.get(QUOTA));
    assertEquals(2, config.get(SLOTS));
    assertEquals(Duration.ofSeconds(10), config.get(DRAIN));
    assertEquals(false, config.get(PUBLIC));
    assertEquals(ListenAddress.parse("127.0.0.1:8641"), config.get(LISTEN));
    assertEquals(Path.of("limpet-data"), config.get(DIR));
    assertEquals(List.of(), config.get(HOSTS));
    assertEquals(Optional.empty(), config.find(GATEWAY));
  }

  @Test
  void a_file_is_beaten_by_the_environment_and_that_by_settings() {
    Path file = file("# mine\n\n slots = 3 \nquota=1MiB\r\nlevel = high\n");
    Map<String, String> environment =
        Map.of("LIMPET_NODE_SLOTS", "4", "LIMPET_NODE_QUOTA", "2MiB", "LIMPET_TOKEN", "other");
    Config config =
        SCHEMA.load(new ConfigSource(file, environment, List.of("slots=5", "hosts=a, b")));
    assertEquals(5, config.get(SLOTS));
    assertEquals(2L << 20, config.get(QUOTA));
    assertEquals("high", config.get(LEVEL));
    assertEquals(List.of("a", "b"), config.get(HOSTS));
    assertEquals(
        List.of(
            new Config.Shown("quota", "2MiB", "environment variable LIMPET_NODE_QUOTA"),
            new Config.Shown("slots", "5", "--set slots"),
            new Config.Shown("drain", "10s", "default")),
        config.shown().subList(0, 3));
  }

  @Test
  void an_unknown_key_names_its_place_and_what_was_meant() {
    assertEquals(
        "node.conf:2: unknown key \"qouta\"; did you mean quota?", bad(file("slots=1\nqouta=1\n")));
    assertEquals(
        "environment variable LIMPET_NODE_SLOT: unknown key \"slot\"; did you mean slots?",
        bad(new ConfigSource(null, Map.of("LIMPET_NODE_SLOT", "1"), List.of())));
    assertEquals(
        "--set publik-data: unknown key \"publik-data\"; did you mean public-data?",
        bad("publik-data=true"));
    assertEquals("--set zzz: unknown key \"zzz\"", bad("zzz=1"));
    assertEquals(
        "--set quota-file: unknown key \"quota-file\"; did you mean quota?", bad("quota-file=1"));
  }

  @Test
  void what_kubernetes_says_about_services_is_not_meant_for_us() {
    Map<String, String> links =
        Map.of(
            "LIMPET_NODE_SERVICE_HOST", "10.0.0.1",
            "LIMPET_NODE_SERVICE_PORT_HTTP", "80",
            "LIMPET_NODE_PORT", "tcp://10.0.0.1:80",
            "LIMPET_NODE_PORT_80_TCP_ADDR", "10.0.0.1");
    assertEquals(2, SCHEMA.load(new ConfigSource(null, links, List.of())).get(SLOTS));
  }

  @Test
  void a_key_twice_in_a_file_and_a_line_without_a_value_are_refused() {
    assertEquals(
        "node.conf:2: the key slots stands here for the second time",
        bad(file("slots=1\nslots=1\n")));
    assertEquals("node.conf:1: expected key = value", bad(file("slots\n")));
    assertEquals("node.conf:1: expected key = value", bad(file("= 3\n")));
    assertEquals("--set slots: expected KEY=VALUE", bad("slots"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          slots=0          | --set slots: slots = "0" is not allowed; allowed: a whole number from 1 to 64
          slots=65         | --set slots: slots = "65" is not allowed; allowed: a whole number from 1 to 64
          slots=two        | --set slots: slots = "two" is not allowed (it is no whole number); allowed: a whole number from 1 to 64
          slots=           | --set slots: slots = "" is not allowed (it is no whole number); allowed: a whole number from 1 to 64
          quota=1KiB       | --set quota: quota = "1KiB" is not allowed; allowed: a size from 1MiB to 1TiB
          quota=much       | --set quota: quota = "much" is not allowed (expected a size such as 65536, 64KiB, 64MiB or 1GB); allowed: a size from 1MiB to 1TiB
          drain=61s        | --set drain: drain = "61s" is not allowed; allowed: a duration from 0ms to 1m
          public-data=yes  | --set public-data: public-data = "yes" is not allowed; allowed: true or false
          level=middle     | --set level: level = "middle" is not allowed; allowed: one of low, high
          """)
  void a_value_out_of_range_names_key_value_and_what_is_allowed(String setting, String message) {
    assertEquals(message, bad(setting));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen=8641",
        "listen=:8641",
        "listen=a:65536",
        "listen=a:b",
        "listen=a b:1",
        "listen=::1:80",
        "gateway=ftp://a",
        "gateway=127.0.0.1:8640",
        "gateway=http://a:65536",
        "gateway=http://a/b",
        "gateway=http://u@a",
        "gateway=http://a?b",
        "gateway=http://",
        "dir=\u0000"
      })
  void addresses_urls_and_paths_have_their_form(String setting) {
    assertTrue(bad(setting).contains("is not allowed"));
  }

  @Test
  void addresses_and_urls_are_read() {
    assertEquals("[::1]:0", settings("listen=[::1]:0").get(LISTEN).toString());
    assertEquals(
        URI.create("https://gw.example:1"),
        settings("gateway=https://gw.example:1/").find(GATEWAY).orElseThrow());
  }

  @Test
  void a_secret_is_never_an_argument() {
    String message = bad("token=" + SECRET);
    assertTrue(message.contains("token-file=PATH"), message);
    assertFalse(message.contains(SECRET));
  }

  @Test
  void a_secret_comes_from_a_private_file_and_is_masked() throws IOException {
    Path secret = Files.writeString(folder.resolve("token"), SECRET + "\n");
    permissions(secret, "rw-------");
    Config config = settings("token-file=" + secret);
    assertEquals(SECRET, config.get(TOKEN));
    assertFalse(config.toString().contains(SECRET));
    assertFalse(config.shown().toString().contains(SECRET));
    assertTrue(config.toString().contains("token = ********"));
    permissions(secret, "rw-r-----");
    String message = bad("token-file=" + secret);
    assertTrue(message.contains("chmod 600"), message);
  }

  @Test
  void the_file_of_a_secret_is_named_as_seen_from_the_file_that_names_it() throws IOException {
    permissions(Files.writeString(folder.resolve("mine"), SECRET + "\n"), "rw-------");
    Path file = file("token-file = mine\n");
    assertEquals(SECRET, SCHEMA.load(new ConfigSource(file, Map.of(), List.of())).get(TOKEN));
    assertEquals("there is no file mine", bad("token-file=mine"));
    assertTrue(bad(file("token-file = a\0b\n")).contains("it is no path here"));
  }

  @Test
  void a_configuration_with_a_secret_in_it_is_private_too() throws IOException {
    Path file = file("token = " + SECRET + "\n");
    permissions(file, "rw-r--r--");
    assertTrue(bad(file).contains("chmod 600"));
    permissions(file, "rw-------");
    assertEquals(SECRET, SCHEMA.load(new ConfigSource(file, Map.of(), List.of())).get(TOKEN));
  }

  @Test
  void a_secret_and_its_file_are_not_both_in_one_place_and_the_later_place_wins()
      throws IOException {
    Path secret = Files.writeString(folder.resolve("token"), "fedcba9876543210");
    permissions(secret, "rw-------");
    Path both = file("token = " + SECRET + "\ntoken-file = " + secret + "\n");
    permissions(both, "rw-------");
    assertTrue(bad(both).contains("not both"));
    Map<String, String> environment = Map.of("LIMPET_NODE_TOKEN", SECRET);
    assertEquals(
        "fedcba9876543210",
        SCHEMA
            .load(new ConfigSource(null, environment, List.of("token-file=" + secret)))
            .get(TOKEN));
  }

  @Test
  void a_weak_secret_is_refused_without_repeating_it() {
    String message = bad(new ConfigSource(null, Map.of("LIMPET_NODE_TOKEN", "hunter2"), List.of()));
    assertFalse(message.contains("hunter2"), message);
  }

  @Test
  void a_file_that_is_missing_huge_or_no_text_is_refused() throws IOException {
    assertEquals("there is no file " + folder.resolve("none"), bad(folder.resolve("none")));
    assertTrue(bad(file("#".repeat(ConfigFile.MAX_FILE_BYTES + 1))).contains("bytes"));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff});
    assertTrue(bad(binary).contains("UTF-8"));
    assertTrue(bad(folder).contains("cannot be read"));
  }

  @Test
  void a_value_that_must_be_there_and_is_not_says_the_line_to_add() {
    LimpetException e = assertThrows(LimpetException.class, () -> settings().get(GATEWAY));
    assertEquals("gateway is not set; add the line gateway = …", e.problem().detail());
  }

  @Test
  void the_schema_writes_its_own_documentation() {
    assertTrue(
        SCHEMA
            .markdown()
            .startsWith(
                """
                | key | default | allowed | meaning |
                | --- | --- | --- | --- |
                | `quota` | `10GiB` | a size from 1MiB to 1TiB | Bytes of the store. |
                """));
    assertTrue(SCHEMA.markdown().contains("| `token`, `token-file` |  | 16 to 256"));
  }

  @Test
  void a_schema_with_a_wrong_default_or_a_key_twice_cannot_be_made() {
    assertThrows(IllegalArgumentException.class, () -> SLOTS.orElse("0"));
    assertThrows(
        IllegalArgumentException.class, () -> new ConfigSchema("node", List.of(SLOTS, SLOTS)));
    assertThrows(IllegalArgumentException.class, () -> ConfigKey.flag("Public"));
  }

  @Test
  void random_files_never_escape_as_anything_but_a_bad_configuration() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> parts =
        List.of("slots", "quota", "=", "\n", " ", "#", "1", "MiB", "token", "-file", "\u0000", "é");
    Path file = folder.resolve("node.conf");
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      Files.writeString(file, text);
      permissions(file, "rw-------");
      try {
        SCHEMA.load(new ConfigSource(file, Map.of(), List.of()));
      } catch (LimpetException e) {
        assertEquals(ErrorCode.BAD_CONFIG, e.code(), "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
  }

  private Path file(String text) {
    try {
      return Files.write(folder.resolve("node.conf"), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void permissions(Path file, String rwx) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rwx));
  }

  private static Config settings(String... settings) {
    return SCHEMA.load(new ConfigSource(null, Map.of(), List.of(settings)));
  }

  private static String bad(String setting) {
    return bad(new ConfigSource(null, Map.of(), List.of(setting)));
  }

  private static String bad(Path file) {
    return bad(new ConfigSource(file, Map.of(), List.of()));
  }

  private static String bad(ConfigSource source) {
    LimpetException e = assertThrows(LimpetException.class, () -> SCHEMA.load(source));
    assertEquals(ErrorCode.BAD_CONFIG, e.code());
    return e.problem().detail();
  }
}
