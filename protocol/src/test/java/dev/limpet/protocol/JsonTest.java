package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final int MAX = 1 << 16;

  @ParameterizedTest
  @MethodSource("dev.limpet.protocol.Samples#all")
  void what_was_written_is_read_back_equal(Object sample) {
    assertEquals(sample, Json.read(sample.getClass(), Json.write(sample), MAX));
  }

  @Test
  void names_and_forms_of_fields_are_those_of_the_contract() {
    assertEquals(
        "{\"cid\":\""
            + Samples.DATA
            + "\",\"size\":1,\"dagSize\":2,\"complete\":true,\"kind\":\"cached\"}",
        Json.writeString(new Holding(Samples.DATA, 1, 2, true, HoldingKind.CACHED)));
    assertEquals(
        "{\"cid\":\""
            + Samples.DATA
            + "\",\"name\":\"é\",\"since\":\"2026-11-24T04:05:06.789Z\","
            + "\"kind\":\"direct\",\"size\":-1,\"dagSize\":7,\"complete\":true}",
        Json.writeString(new PinInfo(Samples.DATA, "é", Samples.TIME, "direct", -1, 7, true)));
  }

  @Test
  void absent_values_are_not_written() {
    assertEquals("{}", Json.writeString(new Rollback(null)));
  }

  @Test
  void fields_of_a_later_version_are_skipped() {
    String json =
        "{\"later\":[{\"a\":[1.5e3,null,true,\"x\\u00e9\"]}],\"nonce\":\"n\",\"z\":{\"y\":{}}} \n";
    assertEquals(new Challenge("n", false), read(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"nonce":"a","nonce":"b"}                 | appears twice
          {"nonce":"a","\\u006eonce":"b"}           | appears twice
          {"x":{"y":1,"y":2},"nonce":"a"}           | x: the key "y" appears twice
          {"nonce":"a"} x                           | something follows
          {"nonce":"a"}{}                           | something follows
          {"nonce":"a",}                            | a comma is followed by nothing
          {"nonce" "a"}                             | expected ':'
          {"nonce":"a" "b":1}                       | expected ',' or '}'
          {nonce:"a"}                               | expected a string
          {'nonce':'a'}                             | expected a string
          {"nonce":a}                               | expected a string
          {"nonce":1}                               | nonce: expected a string, found '1'
          {"nonce":["a"]}                           | nonce: expected a string, found an array
          {"nonce":"a"                              | expected ',' or '}', found the end
          {"nonce":"a                               | a string is not closed
          {"nonce":"\\x"}                           | an escape is unknown
          {"nonce":"\\u12"}                         | an escape is not
          {"nonce":"\\ud800"}                       | half a surrogate pair
          {"nonce":"\\udc00\\ud800"}                | half a surrogate pair
          {"x":01,"nonce":"a"}                      | expected ',' or '}'
          {"x":+1,"nonce":"a"}                      | expected a number
          {"x":.5,"nonce":"a"}                      | expected a number
          {"x":1.,"nonce":"a"}                      | expected a number
          {"x":1e,"nonce":"a"}                      | expected a number
          {"x":NaN,"nonce":"a"}                     | expected a number
          {"x":nul,"nonce":"a"}                     | expected null
          {"x":tru,"nonce":"a"}                     | expected true
          []                                        | expected an object, found an array
          {}                                        | nonce is missing
          {"nonce":null}                            | nonce is missing
          null                                      | found null
          """)
  void what_is_not_exactly_one_document_is_refused(String json, String why) {
    LimpetException e = assertThrows(LimpetException.class, () -> read(json));
    assertEquals(ErrorCode.BAD_JSON, e.code());
    assertTrue(e.problem().detail().contains(why), e.problem().detail());
  }

  @Test
  void a_document_of_somebody_else_may_have_any_form_and_is_read_as_strictly() {
    String text = "{\"a\":[null,1.5,true,{\"b\":\"c\"}],\"d\":null}";
    Map<?, ?> read = (Map<?, ?>) Json.readAny(text.getBytes(StandardCharsets.UTF_8), 1000);
    assertEquals(Arrays.asList(null, 1.5, true, Map.of("b", "c")), read.get("a"));
    assertTrue(read.containsKey("d"));
    for (String bad : List.of("", "null", "{} x", "{\"a\":1,\"a\":2}", "[".repeat(17))) {
      byte[] json = bad.getBytes(StandardCharsets.UTF_8);
      LimpetException refused = assertThrows(LimpetException.class, () -> Json.readAny(json, 1000));
      assertEquals(ErrorCode.BAD_JSON, refused.code(), bad);
    }
  }

  @Test
  void nothing_at_all_is_refused() {
    assertThrows(LimpetException.class, () -> read(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "-9223372036854775809", "1.0", "1e2", "\"1\"", "true"})
  void an_integer_is_an_integer_of_64_bits(String number) {
    String json = "{\"root\":\"" + Samples.DATA + "\",\"size\":" + number + "}";
    LimpetException e = assertThrows(LimpetException.class, () -> readDag(json));
    assertTrue(e.problem().detail().contains("size: "), e.problem().detail());
  }

  @Test
  void the_largest_integers_are_read_exactly() {
    String json = "{\"root\":\"" + Samples.DATA + "\",\"size\":9223372036854775807,\"dagSize\":-1}";
    assertEquals(new AddedDag(Samples.DATA, Long.MAX_VALUE, -1, 0), readDag(json));
  }

  @Test
  void depth_members_strings_and_numbers_are_bounded() {
    String deep = "[".repeat(StrictJsonReader.MAX_DEPTH) + "]".repeat(StrictJsonReader.MAX_DEPTH);
    refused("{\"x\":" + deep + "}", "nested deeper");
    StringBuilder wide = new StringBuilder("{");
    for (int i = 0; i <= StrictJsonReader.MAX_MEMBERS; i++) {
      wide.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":1");
    }
    refused(wide + "}", "keys in one object");
    refused("{\"x\":\"" + "a".repeat(StrictJsonReader.MAX_STRING_CHARS + 1) + "\"}", "characters");
    refused("{\"x\":1" + "0".repeat(StrictJsonReader.MAX_NUMBER_CHARS) + "}", "characters");
  }

  private static void refused(String json, String why) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    LimpetException e =
        assertThrows(LimpetException.class, () -> Json.read(Challenge.class, bytes, 1 << 20));
    assertTrue(e.problem().detail().contains(why), e.problem().detail());
  }

  @Test
  void more_bytes_than_allowed_are_refused_unread() {
    byte[] json = " ".repeat(100).getBytes(StandardCharsets.UTF_8);
    LimpetException e =
        assertThrows(LimpetException.class, () -> Json.read(Challenge.class, json, 99));
    assertEquals(ErrorCode.BODY_TOO_LARGE, e.code());
  }

  @Test
  void bytes_that_are_not_utf8_are_refused() {
    for (int bad : new int[] {0x80, 0xc0, 0xff}) {
      byte[] json = "{\"nonce\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
      json[10] = (byte) bad;
      assertThrows(LimpetException.class, () -> Json.read(Challenge.class, json, MAX));
    }
  }

  @Test
  void a_control_character_in_a_string_is_refused_and_written_as_an_escape() {
    assertThrows(LimpetException.class, () -> read("{\"nonce\":\"a\nb\"}"));
    byte[] json =
        Json.write(new Challenge("a\n\u0000\u001b\"\\</script>\u2028\ud83d\ude00", false));
    for (byte b : json) {
      assertTrue(b < 0 || b >= ' ');
    }
    assertEquals(
        new Challenge("a\n\u0000\u001b\"\\</script>\u2028\ud83d\ude00", false),
        Json.read(Challenge.class, json, MAX));
  }

  @Test
  void a_value_of_the_wrong_form_names_its_field() {
    refused("{\"nonce\":\"" + "n".repeat(200) + "\"}", "nonce has 200 characters");
    LimpetException e =
        assertThrows(LimpetException.class, () -> readDag("{\"root\":\"bafynonsense\"}"));
    assertTrue(e.problem().detail().startsWith("AddedDag: root: "), e.problem().detail());
  }

  @Test
  void an_unknown_word_of_a_closed_set_is_refused() {
    byte[] json =
        Json.writeString(new Holding(Samples.DATA, 1, 2, true, HoldingKind.ROOT))
            .replace("\"root\"", "\"stolen\"")
            .getBytes(StandardCharsets.UTF_8);
    LimpetException e =
        assertThrows(LimpetException.class, () -> Json.read(Holding.class, json, MAX));
    assertTrue(e.problem().detail().contains("stolen"), e.problem().detail());
  }

  @Test
  void a_list_holds_no_null() {
    String json = Json.writeString(Samples.invocation()).replace("[\"a b\"]", "[null]");
    assertThrows(
        LimpetException.class,
        () -> Json.read(Invocation.class, json.getBytes(StandardCharsets.UTF_8), MAX));
  }

  @Test
  void pages_are_read_back_equal() {
    Page<Candidate> page = new Page<>(List.of(Samples.candidate()), "c2");
    byte[] json = Json.writePage(Candidate.class, page);
    assertEquals(page, Json.readPage(Candidate.class, json, MAX));
    byte[] last = Json.writePage(Candidate.class, Page.of(List.of()));
    assertEquals("{\"items\":[]}", new String(last, StandardCharsets.UTF_8));
    assertEquals(Page.of(List.of()), Json.readPage(Candidate.class, last, MAX));
  }

  @Test
  void times_of_other_offsets_are_the_same_moment() {
    String json =
        "{\"cid\":\""
            + Samples.DATA
            + "\",\"name\":\"\",\"since\":\"2026-11-24T05:05:06.789+01:00\"}";
    PinInfo pin = Json.read(PinInfo.class, json.getBytes(StandardCharsets.UTF_8), MAX);
    assertEquals(Samples.TIME, pin.since());
    assertEquals("recursive", pin.kind(), "what a node of an older build says");
  }

  @Test
  void damaged_documents_never_escape_as_anything_but_a_problem() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Object> samples = Samples.all();
    int read = 0;
    for (int round = 0; round < 20_000; round++) {
      Object sample = samples.get(random.nextInt(samples.size()));
      byte[] json = damage(Json.write(sample), random);
      try {
        Json.read(sample.getClass(), json, MAX);
        read++;
      } catch (LimpetException e) {
        assertEquals(ErrorCode.BAD_JSON, e.code(), "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(json, StandardCharsets.UTF_8), e);
      }
    }
    assertTrue(read > 0, "seed " + seed);
  }

  private static byte[] damage(byte[] json, Random random) {
    byte[] damaged = json.clone();
    switch (random.nextInt(4)) {
      case 0 -> damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      case 1 -> damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      case 2 -> {
        int from = random.nextInt(damaged.length);
        byte[] part = Arrays.copyOfRange(damaged, from, random.nextInt(from, damaged.length));
        System.arraycopy(
            part, 0, damaged, random.nextInt(damaged.length - part.length), part.length);
      }
      default -> {
        for (int i = 0; i < 3; i++) {
          damaged[random.nextInt(damaged.length)] =
              (byte) "{}[]\",:0e.-n\\u".charAt(random.nextInt(14));
        }
      }
    }
    return damaged;
  }

  @Test
  void tokens_are_not_printed() {
    assertFalse(new NodeWelcome("s", "secret", 1, "n").toString().contains("secret"));
    assertFalse(Samples.invocation().toString().contains("ticket]"));
  }

  @Test
  void base64url_has_one_spelling() {
    assertArrayEquals(new byte[] {-1, -17}, ByteString.parse("_-8").toBytes());
    for (String bad : List.of("_-9", "_-8=", "/+8", "a", "a b")) {
      assertThrows(IllegalArgumentException.class, () -> ByteString.parse(bad), bad);
    }
  }

  private static Challenge read(String json) {
    return Json.read(Challenge.class, json.getBytes(StandardCharsets.UTF_8), MAX);
  }

  private static AddedDag readDag(String json) {
    return Json.read(AddedDag.class, json.getBytes(StandardCharsets.UTF_8), MAX);
  }
}
