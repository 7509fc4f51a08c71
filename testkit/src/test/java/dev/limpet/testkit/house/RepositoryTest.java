package dev.limpet.testkit.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The textual rules of CONTRIBUTING.md, read from the repository itself. */
class RepositoryTest {
  private static final Pattern LIMIT =
      Pattern.compile("\\bstatic final (?:int|long|Duration)\\s+(MAX_[A-Z0-9_]+)");

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
  void every_named_limit_is_documented() {
    String limits = Repository.read(repository.root().resolve("docs/LIMITS.md"));
    List<String> undocumented = new ArrayList<>();
    for (Path file : mainSources()) {
      Matcher matcher = LIMIT.matcher(Repository.read(file));
      while (matcher.find()) {
        if (!limits.contains("`" + matcher.group(1) + "`")) {
          undocumented.add(repository.name(file) + ": " + matcher.group(1));
        }
      }
    }
    assertEquals(List.of(), undocumented, "say in docs/LIMITS.md what it bounds and why");
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
