package dev.limpet.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The textual rules of CONTRIBUTING.md, read from the repository itself. */
class RepositoryTest {
  private static final Pattern LIMIT =
      Pattern.compile("\\b(?:int|long|Duration)\\s+(MAX_[A-Z0-9_]+)\\s*=");

  /** A section of docs/LIMITS.md: the module, and what it lists. */
  private static final Pattern LIMITS_OF_MODULE =
      Pattern.compile("(?ms)^## (\\S+)$(.*?)(?=^## |\\z)");

  private static final Pattern DOCUMENTED_LIMIT = Pattern.compile("`(MAX_[A-Z0-9_]+)`");

  private static final Pattern TEST_METHOD =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|RepeatedTest)\\b[^;{}]*?\\bvoid\\s+([A-Za-z0-9_]+)\\(");

  /** A title, what the module is, where to start reading. */
  private static final int MIN_README_LINES = 5;

  private final Repository repository = Repository.open();

  @Test
  void no_type_or_package_hides_behind_an_empty_name() {
    Pattern empty = Pattern.compile("(?i).*(util|utils|common|helper|manager)s?(/.*|\\.java)");
    assertNone(repository.javaFiles().stream().map(repository::name).filter(matches(empty)));
  }

  @Test
  void every_package_says_what_it_is_for_and_is_null_marked() {
    TreeSet<Path> folders = new TreeSet<>();
    for (Path file : repository.javaFiles()) {
      Path folder = file.resolveSibling("").normalize();
      if (folder.toString().contains("/java/dev/")) {
        folders.add(folder);
      }
    }
    List<String> broken = new ArrayList<>();
    for (Path folder : folders) {
      String main = folder.toString().replace("/src/test/java/", "/src/main/java/");
      if (!isNullMarked(folder) && !isNullMarked(Path.of(main))) {
        broken.add(repository.name(folder));
      }
    }
    assertTrue(folders.size() > 10, "no packages found");
    assertEquals(List.of(), broken, "needs a package-info.java with @NullMarked and Javadoc");
  }

  private static boolean isNullMarked(Path folder) {
    Path info = folder.resolve("package-info.java");
    return Files.exists(info)
        && Repository.read(info).contains("@NullMarked")
        && Repository.read(info).startsWith("/**");
  }

  @Test
  void every_module_has_a_readme() {
    List<String> missing = new ArrayList<>();
    for (Path pom : repository.withExtension("pom.xml")) {
      Path readme = pom.resolveSibling("README.md");
      if (!Files.exists(readme) || Repository.lines(readme).size() < MIN_README_LINES) {
        missing.add(repository.name(readme));
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void every_named_limit_is_documented_under_its_module_and_no_other() {
    TreeSet<String> documented = new TreeSet<>();
    String limits = Repository.read(repository.root().resolve("docs/LIMITS.md"));
    LIMITS_OF_MODULE
        .matcher(limits)
        .results()
        .forEach(
            section ->
                DOCUMENTED_LIMIT
                    .matcher(section.group(2))
                    .results()
                    .forEach(limit -> documented.add(section.group(1) + ": " + limit.group(1))));
    TreeSet<String> named = new TreeSet<>();
    for (Path file : mainSources()) {
      String module = repository.root().relativize(file).getName(0).toString();
      LIMIT
          .matcher(Repository.read(file))
          .results()
          .forEach(limit -> named.add(module + ": " + limit.group(1)));
    }
    TreeSet<String> undocumented = new TreeSet<>(named);
    undocumented.removeAll(documented);
    documented.removeAll(named);
    assertTrue(named.size() > 100, "no limits were found");
    assertEquals(Set.of(), undocumented, "say in docs/LIMITS.md, under its module, why");
    assertEquals(Set.of(), documented, "docs/LIMITS.md has limits that are gone");
  }

  /** The root pom turns off what Error Prone says of them. */
  @Test
  void no_library_is_used_whose_checks_are_turned_off() {
    assertNoLine(
        repository.javaFiles(),
        "^import (static )?(android|androidx|dagger|io\\.reactivex|jakarta\\.inject|javax\\.inject"
            + "|com\\.google\\.(auto|common|gwt|inject|protobuf)|junit\\.framework"
            + "|org\\.joda|org\\.junit\\.(rules|runner|runners|[A-Z]\\w*)|org\\.mockito)\\b");
  }

  @Test
  void every_dependency_has_its_reason_and_its_version_written_down() {
    String reasons = Repository.read(repository.root().resolve("RATIONALE.md"));
    Matcher version =
        Pattern.compile("<([a-z-]+)\\.version>([^<]+)<")
            .matcher(Repository.read(repository.root().resolve("pom.xml")));
    List<String> unexplained = new ArrayList<>();
    int versions = 0;
    while (version.find()) {
      versions++;
      if (!reasons.contains(" " + version.group(2))) {
        unexplained.add(version.group(1) + " " + version.group(2));
      }
    }
    assertTrue(versions > 10, "no versions were found");
    assertEquals(List.of(), unexplained, "say in RATIONALE.md why, with this version");
  }

  /** They are counted by tests that run each night, which compare the same files. */
  @Test
  void the_totals_that_are_equal_in_each_form_of_code_are_told_as_they_are() {
    String reasons = Repository.read(repository.root().resolve("RATIONALE.md"));
    List<String> totals = new ArrayList<>();
    for (String version : List.of("v1", "v2")) {
      List<String> told =
          lines("wasm-host", "wasmhost/engine/specification-" + version + "-compiled.txt");
      totals.add(grouped(told.get(0).replace(" passed", "")));
      totals.add(grouped(told.get(1).replace(" fuel", "")));
    }
    totals.add(lines("functions-examples", "functions/fuel-v1.txt").size() + " cases");
    assertEquals(List.of(), totals.stream().filter(total -> !reasons.contains(total)).toList());
  }

  private List<String> lines(String module, String resource) {
    Path resources = repository.root().resolve(module).resolve("src/test/resources/dev/limpet");
    return Repository.read(resources.resolve(resource)).lines().toList();
  }

  private static String grouped(String number) {
    return String.format(Locale.ROOT, "%,d", Long.parseLong(number)).replace(',', ' ');
  }

  @Test
  void every_test_is_a_sentence() {
    List<String> words = new ArrayList<>();
    int tests = 0;
    for (Path file : repository.javaFiles()) {
      Matcher test = TEST_METHOD.matcher(Repository.read(file));
      while (test.find()) {
        tests++;
        if (!test.group(1).contains("_")) {
          words.add(repository.name(file) + ": " + test.group(1));
        }
      }
    }
    assertTrue(tests > 100, "no tests were found");
    assertEquals(List.of(), words, "say_what_holds");
  }

  @Test
  void fakes_are_written_by_hand() {
    assertNoLine(repository.javaFiles(), "^import .*(mock" + "ito|easym" + "ock|jmock" + "it)");
  }

  @Test
  void no_line_of_main_code_is_longer_than_100_characters() {
    assertNoLine(mainSources(), "^.{101,}$");
  }

  @Test
  void nothing_is_left_open() {
    assertNoLine(repository.textFiles(), "\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  }

  @Test
  void no_test_waits_for_time_to_pass_or_is_switched_off() {
    assertNoLine(
        repository.javaFiles(),
        "Thread\\.sle" + "ep\\(|TimeUnit\\.[A-Z]+\\.sle" + "ep\\(|@Disa" + "bled|@Ig" + "nore");
  }

  @Test
  void servers_and_libraries_log_and_never_print() {
    List<Path> sources =
        mainSources().stream()
            .filter(file -> !repository.name(file).matches("(cli|benchmarks)/.*"))
            .toList();
    assertNoLine(sources, "System\\.(out|err)\\b|printStackTrace\\(");
  }

  @Test
  void no_wildcard_imports() {
    assertNoLine(repository.javaFiles(), "^import .*\\*;");
  }

  @Test
  void no_path_of_a_machine_and_no_registry_host_is_written_down() {
    String hosts =
        "(repo1?\\.maven|registry\\.npm"
            + "js|pypi\\.or"
            + "g|proxy\\.golan"
            + "g|crates\\.io/api)";
    assertNoLine(repository.textFiles(), "(^|[^A-Za-z0-9_.-])/(work|root|home/[a-z]+)/|" + hosts);
  }

  @Test
  void text_has_no_tabs_where_spaces_are_meant_and_no_trailing_space() {
    List<Path> files =
        repository.textFiles().stream().filter(file -> !file.toString().endsWith(".go")).toList();
    assertNoLine(
        files.stream().filter(file -> file.toString().matches(".*\\.(java|md|xml|sh)")).toList(),
        "\\t|[ \\t]+$");
  }

  private List<Path> mainSources() {
    return repository.javaFiles().stream()
        .filter(file -> file.toString().contains("/src/main/"))
        .toList();
  }

  private void assertNoLine(List<Path> files, String regex) {
    Pattern pattern = Pattern.compile(regex);
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      int number = 0;
      for (String line : Repository.lines(file)) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(repository.name(file) + ":" + number + ": " + line.strip());
        }
      }
    }
    assertTrue(!files.isEmpty(), "nothing was read");
    assertEquals(List.of(), found);
  }

  private static Predicate<String> matches(Pattern pattern) {
    return text -> pattern.matcher(text).matches();
  }

  private static void assertNone(Stream<String> found) {
    assertEquals(List.of(), found.toList());
  }
}
