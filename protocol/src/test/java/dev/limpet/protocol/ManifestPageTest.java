package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/MANIFEST.md says what is so. */
class ManifestPageTest {
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
  private static final Pattern KEY_ROW =
      Pattern.compile(
          "^\\| `([a-z-]+)` \\| [^|]+ \\| [^|]+ \\| [^|]+ \\| `([^`|]+)` \\|$", Pattern.MULTILINE);
  private static final Pattern LIMIT_ROW =
      Pattern.compile(
          "^\\| `([a-z-]+)` \\| [^|]+ \\| (\\w+) \\| (\\w+) \\| (\\w+) \\| (\\w+) \\|$",
          Pattern.MULTILINE);

  private final String page = read();

  private static String read() {
    try {
      return Files.readString(
          Path.of(System.getProperty("limpet.root", ".."), "docs", "MANIFEST.md"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static FunctionManifest parse(String json) {
    return FunctionManifest.fromJson(
        json.getBytes(StandardCharsets.UTF_8), _ -> Samples.MODULE.toString());
  }

  @Test
  void every_example_is_a_manifest_that_this_build_runs() {
    List<MatchResult> examples = EXAMPLE.matcher(page).results().toList();
    assertTrue(examples.size() >= 3);
    for (MatchResult example : examples) {
      assertEquals(List.of(), parse(example.group(1)).unsupported(), example.group(1));
    }
  }

  @Test
  void the_table_has_every_key_in_order_and_each_example_value_is_one() {
    List<MatchResult> rows = KEY_ROW.matcher(page).results().toList();
    assertEquals(ManifestReader.KEYS, rows.stream().map(row -> row.group(1)).toList());
    for (MatchResult row : rows) {
      String member = "\"" + row.group(1) + "\": " + row.group(2);
      switch (row.group(1)) {
        case "v" -> parse("{" + member + ", \"module\": \"a.wasm\"}");
        case "module" -> parse("{\"v\": 1, " + member + "}");
        default -> parse("{\"v\": 1, \"module\": \"a.wasm\", " + member + "}");
      }
    }
  }

  @Test
  void what_the_table_calls_not_supported_is_what_this_build_refuses() {
    for (MatchResult row : KEY_ROW.matcher(page).results().toList()) {
      String key = row.group(1);
      if (!key.equals("v") && !key.equals("module")) {
        String json = "{\"v\": 1, \"module\": \"a\", \"" + key + "\": " + row.group(2) + "}";
        boolean refused = !parse(json).unsupported().isEmpty();
        assertEquals(row.group().contains("not supported yet"), refused, row.group());
      }
    }
  }

  @Test
  void the_table_of_limits_has_the_ranges_of_this_build() {
    List<MatchResult> rows = LIMIT_ROW.matcher(page).results().toList();
    assertEquals(ManifestLimit.keys(), rows.stream().map(row -> row.group(1)).toList());
    for (MatchResult row : rows) {
      ManifestLimit limit = ManifestLimit.ofKey(row.group(1)).orElseThrow();
      long least = number(row.group(2));
      long most = number(row.group(3));
      assertEquals(limit.least(), least, row.group());
      assertEquals(limit.supported(), number(row.group(4)), row.group());
      assertEquals(most, limit.check(most), row.group());
      refused(limit, least - 1);
      refused(limit, most + 1);
      assertTrue(limit.check(number(row.group(5))) <= limit.supported(), row.group());
    }
  }

  private static void refused(ManifestLimit limit, long value) {
    try {
      limit.check(value);
    } catch (IllegalArgumentException e) {
      return;
    }
    throw new AssertionError(limit + " takes " + value);
  }

  private static long number(String text) {
    if (text.endsWith("ms")) {
      return Long.parseLong(text.substring(0, text.length() - 2));
    }
    return text.endsWith("iB") ? ByteSizes.parse(text) : Long.parseLong(text);
  }

  @Test
  void an_earlier_profile_runs_under_its_own_name_and_a_later_one_does_not() {
    FunctionManifest earlier = parse("{\"v\":1,\"module\":\"a\",\"profile\":\"pure-0\"}");
    assertEquals(List.of(), earlier.unsupported());
    assertEquals("pure-0", earlier.effectiveProfile());
    assertEquals("pure-1", parse("{\"v\":1,\"module\":\"a\"}").effectiveProfile());
    assertEquals(
        List.of("the profile pure-2 is not one of this build: leave it out"),
        parse("{\"v\":1,\"module\":\"a\",\"profile\":\"pure-2\"}").unsupported());
  }

  @Test
  void a_limit_beyond_this_build_is_well_formed_and_said_to_be_unsupported() {
    for (ManifestLimit limit : Arrays.asList(ManifestLimit.values())) {
      FunctionManifest most =
          parse(
              "{\"v\":1,\"module\":\"a\",\"limits\":{\""
                  + limit.key()
                  + "\":"
                  + limit.supported()
                  + "}}");
      assertEquals(List.of(), most.unsupported());
    }
    List<String> said =
        parse("{\"v\":1,\"module\":\"a\",\"limits\":{\"memory\":\"2GiB\"}}").unsupported();
    assertEquals(List.of("limits.memory is 2GiB; this build has at most 1GiB"), said);
  }
}
