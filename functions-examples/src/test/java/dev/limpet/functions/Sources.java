package dev.limpet.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a module was built from: {@code build.sh} writes the SHA-256 of each source and of the
 * module into {@code SOURCES.sha256}. When one of them is another, nobody knows what the module
 * does.
 */
final class Sources {

  static final String SUMS = "SOURCES.sha256";

  /** What is no source: it may change without a new module. */
  private static final Set<String> BESIDE =
      Set.of(SUMS, "README.md", "NOTICE", "cases", "rustfmt.toml", "limpet.json");

  private Sources() {}

  /** One sentence for each file that is not what the module was built from, or was not named. */
  static List<String> differences(Path folder) {
    TreeMap<String, String> sums = new TreeMap<>();
    for (String line :
        new String(ExampleFunction.read(folder.resolve(SUMS)), UTF_8).lines().toList()) {
      String[] parts = line.split(" [ *]", 2);
      sums.put(parts[1], parts[0]);
    }
    List<String> found = new ArrayList<>();
    for (String file : files(folder, "")) {
      String sum = sums.remove(file);
      if (sum == null) {
        found.add(file + " is not in " + SUMS);
      } else if (!sum.equals(sha256(ExampleFunction.read(folder.resolve(file))))) {
        found.add(file + " is not what the module was built from: run build.sh");
      }
    }
    sums.keySet().forEach(file -> found.add(file + " is gone"));
    return found;
  }

  private static List<String> files(Path folder, String prefix) {
    List<String> files = new ArrayList<>();
    for (Path path : ExampleFunction.children(folder)) {
      String name = prefix + path.getFileName();
      if (BESIDE.contains(name)) {
        continue;
      }
      if (Files.isDirectory(path)) {
        files.addAll(files(path, name + "/"));
      } else {
        files.add(name);
      }
    }
    return files;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
