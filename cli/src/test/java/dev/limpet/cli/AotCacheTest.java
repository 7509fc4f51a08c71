package dev.limpet.cli;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Deflater;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./limpet} with a program of three classes in place of ours: which AOT cache it takes. The
 * servers of that program only pretend to record, so that the test makes one cache and not three.
 * That is made at the lowest priority, so with other tests beside it takes as long as they do.
 */
@Timeout(600)
class AotCacheTest {
  private static final String MAIN =
      """
      package dev.limpet.cli;
      public final class Main {
        public static void main(String[] words) throws Exception {
          if (words[0].equals("node") || words[0].equals("gateway")) {
            var record = java.nio.file.Path.of(System.getenv("LIMPET_AOT_RECORD"));
            java.nio.file.Files.writeString(record, "none");
            java.nio.file.Files.writeString(record.resolveSibling("compiler.aot"), "none");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));
            System.out.println("ready http://127.0.0.1:1");
            new java.util.concurrent.CountDownLatch(1).await();
          }
          System.out.println(library.Word.word());
        }
      }
      """;

  private static final String REHEARSAL =
      """
      package dev.limpet.cli;
      public final class Rehearsal {
        public static void main(String[] words) {
          library.Word.word();
        }
      }
      """;

  @TempDir private Path temporary = Path.of("");
  private Path root = Path.of("");

  @Test
  @Tag("long")
  void a_cache_is_used_until_a_class_changes_and_never_afterwards() throws Exception {
    install();
    Path library = library("one");
    program();
    assertEquals("one", limpet("make", "speak"));
    assertTrue(loadedFromCache(), "the cache is not used");

    Path kept = Files.copy(library, root.resolve("kept.jar"), COPY_ATTRIBUTES);
    library("two");
    Files.setLastModifiedTime(library, Files.getLastModifiedTime(kept));
    assertEquals(Files.size(kept), Files.size(library));
    assertEquals("two", limpet("on", "speak"), "an old cache was used");
    assertFalse(loadedFromCache());

    Files.copy(kept, library, COPY_ATTRIBUTES, REPLACE_EXISTING);
    assertTrue(loadedFromCache(), "the cache was made of the same bytes");
    assertEquals("one", limpet("off", "speak"));

    Files.setLastModifiedTime(library, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    assertEquals("one", limpet("on", "speak"), "after a build that made the same bytes");
    assertFalse(loadedFromCache(), "the JVM refuses a cache of jars of other times");
    assertEquals("one", limpet("make", "speak"));
    assertTrue(loadedFromCache(), "no new cache was made");

    root = Files.move(root, temporary.resolve("elsewhere"));
    assertEquals("one", limpet("on", "speak"), "after the checkout was moved");
    assertEquals("", read(root.resolve("err")), "the JVM complains of a cache that it cannot use");
    assertFalse(loadedFromCache());
  }

  @Test
  void the_log_is_that_of_who_makes_the_caches() throws Exception {
    install();
    library("one");
    program();
    Process maker = new ProcessBuilder("sleep", "1").start();
    Path lock = Files.createDirectories(root.resolve("cli/target/aot/lock"));
    Files.writeString(lock.resolve("pid"), Long.toString(maker.pid()));
    Path log = Files.writeString(root.resolve("cli/target/aot.log"), "of the maker\n");

    assertEquals("one", limpet("make", "speak"), "it waits for the maker, and goes on");
    assertFalse(maker.isAlive());
    assertEquals("of the maker\n", Files.readString(log));
  }

  private void install() throws IOException {
    root = temporary.resolve("checkout");
    Path checkout = Path.of(System.getProperty("limpet.root", ".."));
    Path aot = Path.of("cli", "src", "main", "aot", "make-caches.sh");
    Files.createDirectories(root.resolve(aot).getParent());
    Files.copy(checkout.resolve(aot), root.resolve(aot));
    Files.copy(checkout.resolve("limpet"), root.resolve("limpet"));
    Files.setPosixFilePermissions(
        root.resolve("limpet"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A jar with a class that says {@code word}. */
  private Path library(String word) throws IOException {
    String source =
        """
        package library;
        public final class Word {
          public static String word() {
            return "%s";
          }
        }
        """;
    compile("Word", source.replace("%s", word));
    Path folder = Files.createDirectories(root.resolve("cli/target/lib"));
    Path library = folder.resolve("library.jar");
    jar(library, List.of("library/Word.class"));
    return library;
  }

  private void program() throws IOException {
    compile("Main", MAIN);
    compile("Rehearsal", REHEARSAL);
    Path target = root.resolve("cli/target");
    List<String> classes = List.of("dev/limpet/cli/Main.class", "dev/limpet/cli/Rehearsal.class");
    jar(target.resolve("limpet-cli.jar"), classes);
    Files.writeString(target.resolve("built"), "");
  }

  private void compile(String name, String source) throws IOException {
    Path file = Files.writeString(root.resolve(name + ".java"), source);
    String out = Files.createDirectories(root.resolve("classes")).toString();
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", out, "-cp", out, file.toString());
    assertEquals(0, exit, source);
  }

  private void jar(Path file, List<String> entries) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "lib/library.jar");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.setLevel(Deflater.NO_COMPRESSION); // so that both words make jars of one size
      for (String each : entries) {
        jar.putNextEntry(new JarEntry(each));
        Files.copy(root.resolve("classes").resolve(each), jar);
      }
    }
  }

  private boolean loadedFromCache() throws Exception {
    Path log = root.resolve("loaded");
    limpet("on", "speak", "-Xlog:class+load:file=" + log);
    return Files.readAllLines(log).stream()
        .anyMatch(line -> line.contains(" library.Word source: shared objects file"));
  }

  private String limpet(String aot, String word, String... jvm) throws Exception {
    List<String> command = new ArrayList<>(List.of(root.resolve("limpet").toString(), word));
    Path err = root.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LIMPET_AOT", aot);
    builder.environment().put("LIMPET_JAVA_OPTS", String.join(" ", jvm));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(
        0, process.waitFor(), () -> out + read(err) + read(root.resolve("cli/target/aot.log")));
    return out.strip();
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }
}
