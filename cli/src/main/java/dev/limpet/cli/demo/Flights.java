package dev.limpet.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * All flights that left New York City in 2013, a CSV file a month (see the folder's provenance),
 * and the demo's own count over them, made without Limpet.
 */
public final class Flights {
  /** Twelve files of about 2.5 MB unpacked; anything larger is not this data set. */
  private static final long MAX_MONTH_BYTES = 16 << 20;

  private final Path directory;

  private Flights(Path directory) {
    this.directory = directory;
  }

  /** Unpacks the twelve months from {@code packed} into {@code directory}. */
  public static Flights unpack(Path packed, Path directory) {
    try (Stream<Path> files = Files.list(packed)) {
      Files.createDirectories(directory);
      for (Path file : files.filter(f -> f.toString().endsWith(".csv.gz")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".gz", "");
        try (var in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
          Files.write(directory.resolve(name), in.readNBytes((int) MAX_MONTH_BYTES));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the flights of " + packed, e);
    }
    return new Flights(directory);
  }

  public Path directory() {
    return directory;
  }

  List<String> months() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Mean of one column by the values of another, with two decimals; {@code NA} left out. */
  Map<String, String> mean(List<String> months, String by, String of) {
    Map<String, double[]> sums = new TreeMap<>();
    months.forEach(month -> addUp(month, by, of, sums));
    Map<String, String> means = new TreeMap<>();
    sums.forEach((k, s) -> means.put(k, String.format(Locale.ROOT, "%.2f", s[0] / s[1])));
    return means;
  }

  /** Adds sum and count of each value. */
  private void addUp(String month, String by, String of, Map<String, double[]> sums) {
    List<String> lines;
    try {
      lines = Files.readAllLines(directory.resolve(month), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> header = Arrays.asList(lines.getFirst().replace("\"", "").split(",", -1));
    int key = header.indexOf(by);
    int value = header.indexOf(of);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      if (!cells[value].isEmpty() && !cells[value].equals("NA")) {
        double[] sum = sums.computeIfAbsent(cells[key], _ -> new double[2]);
        sum[0] += Double.parseDouble(cells[value]);
        sum[1]++;
      }
    }
  }
}
