package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.cli.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A page in a real Chromium, as a script in Python looks at it. Needs {@code chromium} on the PATH
 * and a Python with Playwright ({@code LIMPET_PLAYWRIGHT_PYTHON} names it, else {@code python3}).
 */
final class PageInChromium {
  private final Path dir;
  private final Path chromium;
  private final String python;

  private PageInChromium(Path dir, Path chromium, String python) {
    this.dir = dir;
    this.chromium = chromium;
    this.python = python;
  }

  /** With files of its own in a folder; without the programs the test is left out. */
  static PageInChromium orSkip(Path dir) throws Exception {
    Optional<Path> chromium = InstalledProgram.find("chromium");
    assumeTrue(chromium.isPresent(), "no chromium on the PATH, so the page is opened in none");
    PageInChromium browser =
        new PageInChromium(dir, chromium.get(), InstalledProgram.readersPython());
    assumeTrue(
        browser.run(List.of("-c", "import playwright.sync_api")).exit == 0,
        "no Playwright for " + browser.python + ", so the page is opened in none");
    return browser;
  }

  private record Result(int exit, String out) {}

  private Result run(List<String> arguments) throws IOException, InterruptedException {
    Path out = dir.resolve("out");
    Path err = dir.resolve("err");
    List<String> command = new ArrayList<>(List.of(python));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectError(err.toFile())
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    return new Result(exit, Files.readString(out) + Files.readString(err));
  }

  /** A resource as a file. */
  static Path resource(Class<?> at, String name, Path to) throws IOException {
    try (InputStream in = at.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), to);
    }
    return to;
  }

  /** What a script found, which gets these files and the path of Chromium. */
  JsonObject look(String script, Path... files) throws Exception {
    Path copy = resource(PageInChromium.class, script, dir.resolve(script));
    List<String> arguments = new ArrayList<>(List.of(copy.toString()));
    for (Path file : files) {
      arguments.add(file.toString());
    }
    arguments.add(chromium.toString());
    Result result = run(arguments);
    assertEquals(0, result.exit, result.out);
    return JsonObject.parse(result.out.lines().findFirst().orElse(""));
  }
}
