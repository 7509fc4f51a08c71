package dev.limpet.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The two tiers of CONTRIBUTING.md: plain {@code mvn verify} leaves out tests with the tag {@code
 * long} and nothing else, {@code -Pthorough} leaves out none of them, and CI runs that.
 */
class TiersTest {
  private static final String LONG = "long";
  private static final String NIGHTLY = "nightly";

  /** Of all tests. With more of them left out nobody would trust the plain build. */
  private static final double LARGEST_PART = 0.05;

  /**
   * Classes of which plain {@code mvn verify} runs nothing, since what they do takes long in
   * itself, and the class that looks at the same in short.
   */
  private static final Map<String, String> IN_SHORT =
      """
      ChaosTest MachineTest
      KillTest CrashTest
      KilledBackupTest RestoreTest
      KilledLogTest ReceiptLogTest
      KuboPropertyTest ChunkerVectorsTest
      ManyBlocksTest PackBlockstoreTest
      MapOnTwoNodesTest MapTest
      MemoryPressureTest HostileGuestTest
      OutsideDataTest OutsideFetchTest
      PeersTest PerformanceGuardTest
      RoundTripTest UnixFsImporterTest
      ShellCompletionTest CommandModelTest
      StreamsTest CallStreamsTest
      """
          .lines()
          .map(line -> line.split(" "))
          .collect(Collectors.toMap(words -> words[0], words -> words[1]));

  /** From the annotation that makes a method a test to its name. */
  private static final Pattern METHOD =
      Pattern.compile(
          "(?ms)^ +@(?:Test|ParameterizedTest|RepeatedTest|FuzzTest)\\b(.*?)\\bvoid (\\w+)\\(");

  private static final Pattern TAG = Pattern.compile("(?m)^( *)@Tag\\(([^)]*)\\).*$");

  /** What makes Maven or Surefire leave tests out. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "<((?:limpet\\.)?(?:excludedGroups|groups)|testExcludes|skipTests|skip"
              + "|maven\\.test\\.skip(?:\\.exec)?)(?:/>|>([^<]*)<)");

  private static final Pattern SUREFIRE =
      Pattern.compile("(?s)<artifactId>maven-surefire-plugin</artifactId>(.*?)</plugin>");

  /**
   * A test.
   *
   * @param type the class that it stands in
   * @param name of the method
   * @param tags of the method, and of its class
   */
  private record Tagged(String type, String name, Set<String> tags) {
    boolean isLong() {
      return tags.contains(LONG);
    }

    boolean isPlain() {
      return tags.isEmpty();
    }
  }

  private static final Repository REPOSITORY = Repository.open();

  private static final List<Path> SOURCES =
      REPOSITORY.javaFiles().stream().filter(f -> f.toString().contains("/src/test/")).toList();

  private static final List<Tagged> TESTS = SOURCES.stream().flatMap(TiersTest::tests).toList();

  private static Stream<Tagged> tests(Path file) {
    String text = Repository.read(file);
    Set<String> ofClass = tags(text, true);
    List<Tagged> tests = new ArrayList<>();
    for (MatchResult method : METHOD.matcher(text).results().toList()) {
      TreeSet<String> tags = new TreeSet<>(ofClass);
      tags.addAll(tags(method.group(1), false));
      tests.add(new Tagged(type(file), method.group(2), tags));
    }
    return tests.stream();
  }

  private static Set<String> tags(String text, boolean ofClass) {
    TreeSet<String> tags = new TreeSet<>();
    for (MatchResult tag : TAG.matcher(text).results().toList()) {
      if (tag.group(1).isEmpty() == ofClass) {
        tags.add(tag.group(2).replace("\"", ""));
      }
    }
    return tags;
  }

  private static String type(Path file) {
    return String.valueOf(file.getFileName()).replace(".java", "");
  }

  @Test
  void a_tag_is_long_or_nightly_and_stands_below_what_makes_a_method_a_test() {
    List<String> wrong = new ArrayList<>();
    for (Path file : SOURCES) {
      String text = Repository.read(file);
      long found = TAG.matcher(text).results().filter(tag -> !tag.group(1).isEmpty()).count();
      long ofTests =
          METHOD
              .matcher(text)
              .results()
              .mapToLong(m -> TAG.matcher(m.group(1)).results().count())
              .sum();
      Set<String> ofClass = tags(text, true);
      Set<String> ofMethods = tags(text, false);
      if (found != ofTests
          || !Set.of(NIGHTLY).containsAll(ofClass)
          || !Set.of(NIGHTLY, LONG).containsAll(ofMethods)) {
        wrong.add(REPOSITORY.name(file) + ": " + ofClass + " " + ofMethods);
      }
    }
    assertEquals(List.of(), wrong, "nightly and long, after @Test; a class is nightly as a whole");
  }

  @Test
  void plain_verify_leaves_out_two_tags_and_the_profile_thorough_one_of_them() {
    TreeMap<String, List<String>> found = new TreeMap<>();
    for (Path pom : REPOSITORY.withExtension("pom.xml")) {
      for (MatchResult surefire : SUREFIRE.matcher(Repository.read(pom)).results().toList()) {
        assertFalse(surefire.group(1).contains("cludes>"), REPOSITORY.name(pom));
      }
      LEFT_OUT
          .matcher(Repository.read(pom))
          .results()
          .forEach(
              each ->
                  found
                      .computeIfAbsent(each.group(1), _ -> new ArrayList<>())
                      .add(REPOSITORY.name(pom) + ": " + each.group(2)));
    }
    assertEquals(
        Map.of(
            "excludedGroups", List.of("pom.xml: ${limpet.excludedGroups}"),
            "groups", List.of("pom.xml: ${limpet.groups}"),
            "limpet.excludedGroups", List.of("pom.xml: nightly,long", "pom.xml: nightly"),
            "limpet.groups", List.of("pom.xml: null")),
        found);
    String root = Repository.read(REPOSITORY.root().resolve("pom.xml"));
    String thorough = root.substring(root.indexOf("<id>thorough</id>"));
    assertTrue(thorough.contains("<limpet.excludedGroups>nightly<"), thorough);
    String arguments = Repository.read(REPOSITORY.root().resolve(".mvn/maven.config"));
    assertEquals("-T2", arguments.strip(), "what every build is given");
  }

  @Test
  void each_compiler_has_error_prone_in_the_profile_thorough_and_warnings_are_always_errors() {
    String pom = Repository.read(REPOSITORY.root().resolve("pom.xml"));
    int profile = pom.indexOf("<id>thorough</id>");
    int plugin = pom.indexOf("<arg>${error-prone.plugin}</arg>");
    assertTrue(profile > 0 && plugin > profile, "error-prone.plugin is an argument there");
    assertTrue(pom.contains("-Xep:NullAway:ERROR"), "and NullAway one of its checks");
    int warnings = pom.indexOf("<arg>-Werror</arg>");
    assertTrue(warnings > 0 && warnings < profile, "-Werror is an argument in each build");
  }

  @Test
  void ci_runs_the_profile_thorough() {
    String run = Repository.read(REPOSITORY.root().resolve(".ci/run"));
    List<String> builds = run.lines().filter(line -> line.strip().startsWith("mvn ")).toList();
    assertTrue(builds.contains("  mvn -B clean verify -Pthorough"), builds::toString);
  }

  @Test
  void few_tests_are_long() {
    List<Tagged> longOnes = TESTS.stream().filter(Tagged::isLong).toList();
    String told = longOnes.size() + " of " + TESTS.size() + " tests are long: " + longOnes;
    assertTrue(!longOnes.isEmpty() && longOnes.size() <= LARGEST_PART * TESTS.size(), told);
  }

  @Test
  void what_is_long_is_also_looked_at_in_short() {
    Set<String> withPlain = new TreeSet<>();
    Set<String> withLong = new TreeSet<>();
    for (Tagged test : TESTS) {
      if (test.isPlain()) {
        withPlain.add(test.type());
      } else if (test.isLong()) {
        withLong.add(test.type());
      }
    }
    withLong.removeAll(withPlain);
    assertEquals(IN_SHORT.keySet(), withLong, "each with what looks at the same in short");
    assertTrue(withPlain.containsAll(IN_SHORT.values()), IN_SHORT::toString);
  }

  /** Of each kind of guard that CONTRIBUTING.md promises. */
  @Test
  void guards_of_every_kind_are_in_plain_verify() {
    Set<String> plain = new TreeSet<>();
    TESTS.stream().filter(Tagged::isPlain).forEach(test -> plain.add(test.type()));
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                "ApiAnswersTest",
                "ApiDocumentTest",
                "ApiRoutesTest",
                "ArchitectureTest",
                "ConfigDocumentTest",
                "CrashTest",
                "ErrorCodeTest",
                "EveryExitCodeTest",
                "FormattingTest",
                "FuelVectorsTest",
                "HostileDataTest",
                "HostileGuestsTest",
                "HostileRequestTest",
                "KilledWriterTest",
                "PerformanceGuardTest",
                "ProfileVectorsTest",
                "RepositoryTest",
                "SimulationTest",
                "SourceRulesTest"));
    missing.removeAll(plain);
    assertEquals(Set.of(), missing);
  }
}
