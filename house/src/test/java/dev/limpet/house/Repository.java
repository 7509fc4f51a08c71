package dev.limpet.house;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The files of this repository, without what a build makes. */
final class Repository {
  private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules", ".idea");

  private static final ConcurrentHashMap<Path, String> READ = new ConcurrentHashMap<>();

  private final Path root;
  private final List<Path> files;

  private Repository(Path root, List<Path> files) {
    this.root = root;
    this.files = List.copyOf(files);
  }

  /** The repository that this build belongs to: surefire sets {@code limpet.root}. */
  static Repository open() {
    Path root = Path.of(System.getProperty("limpet.root", "..")).toAbsolutePath().normalize();
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(root, new Collector(files));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return new Repository(root, files);
  }

  Path root() {
    return root;
  }

  List<Path> javaFiles() {
    return withExtension(".java");
  }

  List<Path> withExtension(String extension) {
    return files.stream().filter(file -> file.toString().endsWith(extension)).toList();
  }

  /** Files that people write, by their extension or name; built modules and data are left out. */
  List<Path> textFiles() {
    return files.stream().filter(Repository::isText).toList();
  }

  private static boolean isText(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.matches(
            ".*\\.(java|md|xml|sh|c|rs|go|toml|py|txt|json|conf|properties|editorconfig)")
        || name.matches("limpet|run|nightly|planted|\\.gitignore");
  }

  /**
   * Those of {@code files} that differ from the commit before the last one, or that git does not
   * know; all of them where git or that commit is missing, as in a checkout without history.
   */
  List<Path> changedSinceLastCommit(List<Path> files) throws InterruptedException {
    Optional<List<String>> changed =
        git("diff", "--name-only", "--no-renames", "--relative", "HEAD~1");
    Optional<List<String>> unknown = git("ls-files", "--others", "--exclude-standard");
    if (changed.isEmpty() || unknown.isEmpty()) {
      return files;
    }
    Set<String> names = new HashSet<>(changed.orElseThrow());
    names.addAll(unknown.orElseThrow());
    return files.stream().filter(file -> names.contains(name(file))).toList();
  }

  /** The lines that git prints; nothing when it fails or is not there. */
  private Optional<List<String>> git(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.quotePath=false"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      return process.waitFor() == 0 ? Optional.of(printed.lines().toList()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  String name(Path file) {
    return root.relativize(file).toString();
  }

  static List<String> lines(Path file) {
    return read(file).lines().toList();
  }

  /** Read once, since each rule reads all files. */
  static String read(Path file) {
    return READ.computeIfAbsent(
        file,
        _ -> {
          try {
            return Files.readString(file);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
          }
        });
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final List<Path> files;

    Collector(List<Path> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return SKIPPED.contains(String.valueOf(directory.getFileName()))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      files.add(file);
      return FileVisitResult.CONTINUE;
    }
  }
}
