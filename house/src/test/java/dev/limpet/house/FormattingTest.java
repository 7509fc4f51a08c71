package dev.limpet.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is formatted by google-java-format. It runs here, on the JDK 25 of the tests,
 * since Maven's own JVM may be older than our syntax. {@code mvn -Pthorough -pl house -am test
 * -Dtest=FormattingTest -Dlimpet.format=true -Dsurefire.failIfNoSpecifiedTests=false} rewrites the
 * files instead. All of them take half a minute of CPU, so a plain build looks at those that were
 * changed, which is where a mistake is.
 */
class FormattingTest {
  private final Repository repository = Repository.open();

  @Test
  @Tag("long")
  void every_java_file_is_formatted() throws IOException, FormatterException {
    assertFormatted(repository.javaFiles());
  }

  /** What is neither committed nor older than the last commit, or all where there is no git. */
  @Test
  void every_java_file_that_was_changed_is_formatted() throws Exception {
    assertFormatted(repository.changedSinceLastCommit(repository.javaFiles()));
  }

  private void assertFormatted(List<Path> files) throws IOException, FormatterException {
    List<String> unformatted = new ArrayList<>();
    for (Path file : files) {
      String before = Repository.read(file);
      String after = format(before);
      if (!before.equals(after)) {
        rewriteIfAsked(file, after);
        unformatted.add(repository.name(file));
      }
    }
    assertTrue(repository.javaFiles().size() > 20, "no sources found under " + repository.root());
    assertEquals(List.of(), unformatted, "run google-java-format over (-Dlimpet.format=true)");
  }

  private static String format(String source) throws FormatterException {
    String tidy = RemoveUnusedImports.removeUnusedImports(source);
    String ordered = ImportOrderer.reorderImports(tidy, JavaFormatterOptions.Style.GOOGLE);
    return new Formatter().formatSource(ordered);
  }

  private static void rewriteIfAsked(Path file, String formatted) throws IOException {
    if (Boolean.getBoolean("limpet.format")) {
      Files.writeString(file, formatted);
    }
  }
}
