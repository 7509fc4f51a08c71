package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks a folder without asking anybody: each file against its hash, each receipt by its steps.
 */
public final class FolderCheck {
  /** Files of a folder: some for each receipt. */
  static final int MAX_FOLDER_FILES = 20_000;

  private static final int MAX_SUMS_BYTES = 8 << 20;
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) {2}([^\\p{Cntrl}\\\\]+)");

  private final Path folder;
  private final ReceiptVerifier.Trust trust;
  private final List<Found> found = new ArrayList<>();

  /**
   * What was found about a file.
   *
   * @param file its name in the folder
   * @param isGreen whether it holds
   * @param says why not, or what it is
   */
  public record Found(String file, boolean isGreen, String says) {}

  private FolderCheck(Path folder, ReceiptVerifier.Trust trust) {
    this.folder = folder;
    this.trust = trust;
  }

  /**
   * Checks all files.
   *
   * @return a line for each, receipts and what fails first
   * @throws CliException (wrong usage) when it is no such folder, or cannot be read
   */
  public static List<Found> of(Path folder, ReceiptVerifier.Trust trust) {
    try {
      return new FolderCheck(folder, trust).check();
    } catch (IOException e) {
      throw CliException.usage("cannot read " + folder + ": " + e.getMessage());
    }
  }

  private List<Found> check() throws IOException {
    Map<String, String> sums = sums();
    for (Map.Entry<String, String> sum : sums.entrySet()) {
      check(sum.getKey(), sum.getValue());
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file :
          all.filter(path -> !Files.isDirectory(path)).limit(MAX_FOLDER_FILES + 1L).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (!sums.containsKey(name) && !name.equals(EvidenceFolder.SUMS)) {
          found.add(new Found(name, false, "it is not in " + EvidenceFolder.SUMS));
        }
      }
    }
    return found;
  }

  private Map<String, String> sums() throws IOException {
    Path list = folder.resolve(EvidenceFolder.SUMS);
    if (!Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)) {
      throw CliException.usage(
          folder + " has no " + EvidenceFolder.SUMS + ": limpet evidence writes one");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(list)) {
      bytes = in.readNBytes(MAX_SUMS_BYTES);
    }
    Map<String, String> sums = new TreeMap<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || sums.size() == MAX_FOLDER_FILES) {
        throw CliException.usage(list + " is not a list that limpet evidence wrote");
      }
      sums.put(parts.group(2), parts.group(1));
    }
    return sums;
  }

  private void check(String name, String sum) throws IOException {
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder.normalize()) || !isPlain(file)) {
      found.add(new Found(name, false, "it is missing, or no plain file"));
      return;
    }
    String wrong = sha256(file).equals(sum) ? "" : "its SHA-256 is another one";
    if (!name.endsWith(".receipt")) {
      found.add(new Found(name, wrong.isEmpty(), wrong.isEmpty() ? "as it was written" : wrong));
      return;
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = ReceiptDownload.read(in);
    }
    Verification verification = ReceiptVerifier.verify(bytes, trust, Instant.now());
    List<String> says = new ArrayList<>();
    for (Verification.Check check : verification.failed()) {
      says.add(check.step().text() + " does not hold: " + check.says());
    }
    if (!wrong.isEmpty()) {
      says.add(wrong);
    }
    String all = says.isEmpty() ? "every step holds" : String.join("; ", says);
    found.add(new Found(name, says.isEmpty(), all));
  }

  /** No link leads out of the folder, from the file or a folder on the way to it. */
  private boolean isPlain(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && file.toRealPath().startsWith(folder.toRealPath());
  }

  private static String sha256(Path file) throws IOException {
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), Sha256.begin())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }
}
