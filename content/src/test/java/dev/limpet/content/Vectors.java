package dev.limpet.content;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.CidFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Test vectors made by others, and hostile variants of good samples. */
public final class Vectors {
  private static final Pattern FIELD = Pattern.compile("\"(name|hex|data|type)\":\\s*\"([^\"]*)\"");

  private Vectors() {}

  /**
   * A folder of vectors; the test is skipped where it is absent.
   *
   * @param name folder below that which {@code -Dlimpet.vectors} names, else {@code shared/vectors}
   *     beside the project
   * @return the folder
   */
  public static Path folder(String name) {
    Path root = Path.of(System.getProperty("limpet.root", ".."));
    String named = System.getProperty("limpet.vectors", "");
    Path vectors = named.isEmpty() ? root.resolve("../shared/vectors") : Path.of(named);
    Path folder = vectors.resolve(name).normalize();
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        "skipped: no vectors at " + folder + "; name them: -Dlimpet.vectors=DIR");
    return folder;
  }

  /**
   * The files of a folder and below.
   *
   * @param folder the folder
   * @param extension end of the names
   * @return the files, sorted
   */
  public static List<Path> files(Path folder, String extension) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(extension)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its bytes
   */
  public static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The string fields name, hex, data and type of a JSON list of flat objects.
   *
   * @param json the text of the list
   * @return for each object its text
   */
  public static List<String> objects(String json) {
    return Arrays.stream(json.split("(?<=\\})\\s*,")).toList();
  }

  /**
   * A string field of an object.
   *
   * @param object the object's text
   * @param field name of the field
   * @return its value, empty when it has none
   */
  public static String field(String object, String field) {
    Matcher matcher = FIELD.matcher(object);
    while (matcher.find()) {
      if (matcher.group(1).equals(field)) {
        return matcher.group(2);
      }
    }
    return "";
  }

  /**
   * Feeds every cut of a sample and many mutations of it to a parser, which may refuse them with
   * the exceptions of content only.
   *
   * @param sample good input
   * @param mutations how many mutations
   * @param parser the parser; may return in peace too
   */
  public static void torture(byte[] sample, int mutations, Consumer<byte[]> parser) {
    for (int length = 0; length < sample.length; length++) {
      feed(Arrays.copyOf(sample, length), parser, "cut at " + length);
    }
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < mutations; i++) {
      feed(mutated(sample, random), parser, "seed " + seed + ", mutation " + i);
    }
  }

  private static byte[] mutated(byte[] sample, Random random) {
    byte[] bytes = sample.clone();
    int changes = 1 + random.nextInt(4);
    for (int change = 0; change < changes; change++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) 0xff;
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(8), bytes.length - Math.max(from, at));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  /**
   * Feeds one input to a parser, which may refuse it with the exceptions of content only, and with
   * a reason.
   *
   * @param input any bytes
   * @param parser the parser; may return in peace too
   * @param what says which input it is
   */
  public static void feed(byte[] input, Consumer<byte[]> parser, String what) {
    try {
      parser.accept(input);
    } catch (ContentException | CidFormatException expected) {
      if (String.valueOf(expected.getMessage()).isBlank()) {
        throw new AssertionError(what + ": refused without a reason", expected);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(what + " must be refused with a ContentException", e);
    }
  }
}
