package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  private static final Cid CID = Samples.DATA;

  @Test
  void a_call_on_data_has_data_function_rest_and_query() {
    RequestTarget.Call call =
        call("/on/" + CID + "/2013/01%20jan.csv/-/csv@2/a/b?arg=x+y&q=%C3%A9&arg=z");
    assertEquals(List.of(new DataRef(CID, List.of("2013", "01 jan.csv"))), call.inputs());
    assertEquals(new FunctionRef.ByName("csv", 2), call.function());
    assertEquals(List.of("a", "b"), call.rest());
    assertEquals("/a/b", call.path());
    assertEquals(List.of("x y", "z"), call.query().arguments());
    assertEquals(List.of("q"), call.query().others());
    assertEquals("arg=x+y&q=%C3%A9&arg=z", call.query().raw());
    assertTrue(call.onData());
  }

  @Test
  void a_call_without_data_names_only_the_function() {
    RequestTarget.Call call = call("/fn/hello");
    assertEquals(List.of(), call.inputs());
    assertEquals("", call.path());
    assertEquals("", call.query().raw());
    assertFalse(call.onData());
  }

  @Test
  void a_function_may_be_a_cid() {
    RequestTarget.Call call = call("/on/" + CID + "/-/" + Samples.FUNCTION);
    assertEquals(new FunctionRef.ByCid(Samples.FUNCTION), call.function());
  }

  @Test
  void our_parameters_are_inputs_and_hidden_from_the_guest() {
    RequestTarget.Call call =
        call("/fn/f?a=1&limpet-data=" + CID + "%2Fx%20y/z&b&limpet-data=" + Samples.MODULE);
    assertEquals("a=1&b", call.query().raw());
    assertEquals(List.of("a", "b"), call.query().others());
    assertEquals(
        List.of(new DataRef(CID, List.of("x y", "z")), new DataRef(Samples.MODULE, List.of())),
        call.inputs());
  }

  @Test
  void the_first_separator_ends_the_data_also_when_it_is_encoded() {
    for (String separator : List.of("-", "%2D", "%2d")) {
      RequestTarget.Call call = call("/on/" + CID + "/a/" + separator + "/f/-/b");
      assertEquals(List.of("a"), call.inputs().getFirst().path());
      assertEquals(List.of("-", "b"), call.rest());
    }
  }

  @Test
  void names_that_only_start_with_a_dash_are_data() {
    RequestTarget.Call call = call("/on/" + CID + "/--/-a/-/f");
    assertEquals(List.of("--", "-a"), call.inputs().getFirst().path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%76%31/names",
        "/v%31/names",
        "/v1/n%61mes",
        "/v1/names/%67reet",
        "/v1/names/a%2db",
        "/%6Fn/x/-/f",
        "/f%6E/f",
        "/%69pfs/x",
        "/%61pi/v0/cat",
        "/api/v%30/cat",
        "/health/l%69ve",
        "/%20"
      })
  void the_words_of_a_path_have_one_spelling(String target) {
    LimpetException refused =
        assertThrows(LimpetException.class, () -> Paths.parse(target), target);
    assertEquals(ErrorCode.BAD_PATH, refused.code());
    assertTrue(refused.problem().detail().contains("without %"), refused.problem().detail());
  }

  @Test
  void what_is_no_word_is_encoded_as_it_must_be() {
    RequestTarget.Resource resource =
        assertInstanceOf(RequestTarget.Resource.class, Paths.parse("/v1/names/%7e%c3%a9%40"));
    assertEquals(List.of("v1", "names", "~\u00e9@"), resource.segments());
    assertEquals(List.of("ab"), call("/on/" + CID + "/%61b/-/f").inputs().getFirst().path());
  }

  @Test
  void content_may_end_with_a_slash_and_then_means_a_directory() {
    RequestTarget.Content file =
        assertInstanceOf(
            RequestTarget.Content.class, Paths.parse("/ipfs/" + CID + "/a?format=car"));
    assertEquals(new DataRef(CID, List.of("a")), file.data());
    assertFalse(file.directory());
    assertEquals("car", file.query().one("format").orElseThrow());
    RequestTarget.Content directory =
        assertInstanceOf(RequestTarget.Content.class, Paths.parse("/ipfs/" + CID + "/"));
    assertTrue(directory.directory());
    assertEquals(List.of(), directory.data().path());
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb.txt, a b.txt",
    "/a%2fb/c, a b c",
    "%2Fa, a",
    "/x/a%2F..%2Fplain%2Etxt, x plain.txt",
    "/x/a%2F..%2F..%2Fb, b",
    "/a%2F.%2Fb, a b",
    "/a%2F.., ''",
    "/a%252Fb, a%2Fb",
  })
  void an_encoded_slash_separates_names_of_content_as_it_does_at_every_gateway_of_ipfs(
      String path, String names) {
    RequestTarget.Content content =
        assertInstanceOf(RequestTarget.Content.class, Paths.parse("/ipfs/" + CID + path));
    assertEquals(CID, content.data().root());
    assertEquals(names, String.join(" ", content.data().path()));
    assertFalse(content.directory());
  }

  @Test
  void other_targets_are_split_and_decoded_alike() {
    assertEquals(
        new RequestTarget.Resource(List.of("v1", "names", "a b"), QueryParameters.parse("limit=2")),
        Paths.parse("/v1/names/a%20b?limit=2"));
    assertEquals(new RequestTarget.Resource(List.of(), QueryParameters.NONE), Paths.parse("/"));
  }

  @ParameterizedTest
  @CsvSource({
    "bad-path, /on/CID/a%2Fb/-/f",
    "bad-path, /on/CID/a%2fb/-/f",
    "bad-path, /on/CID/a%00/-/f",
    "bad-path, /on/CID/../-/f",
    "bad-path, /on/CID/%2e%2E/-/f",
    "bad-path, /on/CID/./-/f",
    "bad-path, /on/CID//a/-/f",
    "bad-path, /on/CID/-/f/",
    "bad-path, /on/CID/-/",
    "bad-path, /on/CID/-",
    "bad-path, /on/CID/f",
    "bad-path, /on/CID/a/f",
    "bad-path, /on",
    "bad-path, /on/",
    "bad-path, /fn",
    "bad-path, /fn/",
    "bad-path, /fn//f",
    "bad-path, //fn/f",
    "bad-path, /fn/f/%",
    "bad-path, /fn/f/%4",
    "bad-path, /fn/f/%zz",
    "bad-path, /fn/f/%C3%28",
    "bad-path, /fn/f/%C0%AF",
    "bad-path, /fn/f/%ED%A0%80",
    "bad-path, /fn/f/é",
    "bad-path, /fn/f#x",
    "bad-path, fn/f",
    "bad-path, http://evil.example/fn/f",
    "bad-path, *",
    "bad-path, /ipfs",
    "bad-path, /ipfs/",
    "bad-path, /ipfs//",
    "bad-path, /ipfs/CID//",
    "bad-path, /ipfs/CID/../x",
    "bad-path, /ipfs/CID/%2e%2e/x",
    "bad-path, /ipfs/CID/..%2Fx",
    "bad-path, /ipfs/CID%2F..%2FCID",
    "bad-path, /ipfs/CID/a%2F..%2F..%2F..%2Fv1",
    "bad-path, /ipfs/CID/a/..%2F..%2Fx",
    "bad-path, /ipfs/..%2FCID",
    "bad-path, /ipfs/.%2FCID",
    "bad-path, /ipfs/CID/a%2F%2Fb",
    "bad-path, /ipfs/CID/a%2F",
    "bad-path, /ipfs/CID/a%2F%00",
    "bad-path, /ipfs%2FCID",
    "bad-path, /v1/names/",
    "bad-cid, /on/nonsense/-/f",
    "bad-path, /on/-/f",
    "bad-cid, /ipfs/QmNotACid",
    "bad-cid, /fn/f?limpet-data=nonsense",
    "bad-path, /fn/f?limpet-data=CID/../x",
    "bad-path, /fn/f?limpet-data=CID/",
    "bad-query, /fn/f?limpet-dta=CID",
    "bad-query, /fn/f?LIMPET-DATA=CID",
    "bad-query, /fn/f?%6cimpet-x=CID",
    "bad-query, /fn/f?arg=%zz",
    "bad-query, /fn/f?arg=%FF",
    "bad-name, /fn/F",
    "bad-name, /fn/9a",
    "bad-name, /fn/x-run",
    "bad-name, /fn/f@0",
    "bad-name, /fn/f@01",
    "bad-name, /fn/f@",
    "bad-name, /fn/f@1@2",
    "bad-name, /fn/f@9999999999",
    "bad-name, /fn/CID@1",
  })
  void what_is_malformed_has_its_code(String code, String target) {
    LimpetException e =
        assertThrows(
            LimpetException.class, () -> Paths.parse(target.replace("CID", CID.toString())));
    assertEquals(code, e.code().code(), e.problem().detail());
  }

  @Test
  void lengths_and_counts_are_bounded() {
    code(ErrorCode.TARGET_TOO_LONG, "/fn/f?arg=" + "a".repeat(Paths.MAX_TARGET_CHARS));
    code(ErrorCode.BAD_PATH, "/v1" + "/a".repeat(Paths.MAX_PATH_SEGMENTS));
    code(ErrorCode.BAD_PATH, "/ipfs/" + CID + "/a".repeat(DataRef.MAX_SEGMENTS + 1));
    String most = "a" + "%2Fa".repeat(Paths.MAX_PATH_SEGMENTS - 3); // with ipfs and the CID
    String back = "%2F..".repeat(Paths.MAX_PATH_SEGMENTS - 3);
    assertInstanceOf(RequestTarget.Content.class, Paths.parse("/ipfs/" + CID + "/" + most + back));
    code(ErrorCode.BAD_PATH, "/ipfs/" + CID + "/" + most + "%2Fa" + back + "%2F..");
    code(ErrorCode.BAD_QUERY, "/fn/f?" + "arg&".repeat(Invocation.MAX_ARGUMENTS + 1));
    code(ErrorCode.BAD_QUERY, "/fn/f?" + "a&".repeat(QueryParameters.MAX_PARAMETERS + 1));
    code(
        ErrorCode.BAD_QUERY,
        "/fn/f?" + ("limpet-data=" + CID + "&").repeat(Invocation.MAX_INPUTS + 1));
  }

  private static void code(ErrorCode expected, String target) {
    assertEquals(expected, assertThrows(LimpetException.class, () -> Paths.parse(target)).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b", "ü/..%", "-", "+", "a?b#c", "\u0001", "😀", "%2F", "&=;"})
  void an_encoded_reference_is_read_back_equal(String name) {
    if (name.contains("/")) {
      assertThrows(IllegalArgumentException.class, () -> new DataRef(CID, List.of(name)));
      return;
    }
    DataRef ref = new DataRef(CID, List.of("x", name));
    assertEquals(ref, DataRef.parseEncoded(ref.toEncoded()));
    assertEquals(ref, DataRef.parse(ref.toString()));
    if (!name.equals("-")) {
      assertEquals(ref, call("/on/" + ref.toEncoded() + "/-/f").inputs().getFirst());
    }
  }

  @Test
  void random_targets_never_escape_as_anything_but_a_problem() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> parts =
        List.of(
            "/on/",
            "/fn/",
            "/ipfs/",
            CID.toString(),
            "/",
            "-",
            "/-/",
            "f",
            "@1",
            "?",
            "&",
            "=",
            "arg=",
            "limpet-data=",
            "%",
            "%2F",
            "%00",
            "%C3%A9",
            ".",
            "..",
            "é",
            "\u0000",
            "#",
            "+",
            " ",
            "\ud800",
            "x-",
            "v1");
    for (int round = 0; round < 50_000; round++) {
      StringBuilder target = new StringBuilder();
      for (int i = random.nextInt(10); i >= 0; i--) {
        target.append(parts.get(random.nextInt(parts.size())));
      }
      try {
        Paths.parse(target.toString());
      } catch (LimpetException e) {
        assertTrue(e.problem().status() < 500, "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + target, e);
      }
    }
  }

  private static RequestTarget.Call call(String target) {
    return assertInstanceOf(RequestTarget.Call.class, Paths.parse(target));
  }
}
