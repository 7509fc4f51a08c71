package dev.limpet.cli.evidence;

import static java.util.stream.Collectors.joining;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * Bytes of all files: those of receipts four times, which are in statements and notes again, and
   * the page. Hashing them takes a second or two.
   */
  static final long MAX_FOLDER_BYTES = 4 * Evidence.MAX_EVIDENCE_BYTES;

  /** How names of files end that should be those of receipts. */
  static final String RECEIPT = ".receipt";

  /** What did not agree lies here; a file of one who lied need not hold. */
  static final String DISAGREEMENTS = "disagreements/";

  private static final String RECEIPTS = "receipts/";
  private static final int MAX_SUMS_BYTES = 8 << 20;
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) {2}([^\\p{Cntrl}\\\\]+)");

  private final Path folder;
  private final ReceiptVerifier.Trust trust;
  private final List<Found> found = new ArrayList<>();
  private final Set<PeerId> operators = new LinkedHashSet<>();
  private long hashed;

  /**
   * What was found about a file.
   *
   * @param file its name in the folder
   * @param isGreen whether it holds
   * @param says why not, or what it is
   */
  public record Found(String file, boolean isGreen, String says) {}

  /**
   * What was found about all of them.
   *
   * @param files a line for each, and for what is wrong with all together
   * @param operators who vouch for the nodes of receipts that hold
   */
  public record Checked(List<Found> files, Set<PeerId> operators) {
    /** Copies both. */
    public Checked {
      files = List.copyOf(files);
      operators = Set.copyOf(operators);
    }

    /** Those that do not hold. */
    public List<Found> red() {
      return files.stream().filter(file -> !file.isGreen()).toList();
    }
  }

  private FolderCheck(Path folder, ReceiptVerifier.Trust trust) {
    this.folder = folder.toAbsolutePath().normalize();
    this.trust = trust;
  }

  /**
   * The name of the file of a receipt.
   *
   * @param receipt its CID
   */
  static String receiptFile(Cid receipt) {
    return RECEIPTS + receipt + RECEIPT;
  }

  /**
   * Checks all files.
   *
   * @param trust whose word counts; without an operator all receipts must be of nodes of one, since
   *     who reads the folder has to know whom he believes
   * @throws CliException (wrong usage) when it is no such folder, or cannot be read
   */
  public static Checked of(Path folder, ReceiptVerifier.Trust trust) {
    try {
      return new FolderCheck(folder, trust).check();
    } catch (IOException e) {
      throw CliException.usage("cannot read " + folder + ": " + e.getMessage());
    }
  }

  private Checked check() throws IOException {
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
    if (trust.operator() == null && operators.size() > 1) {
      found.add(
          new Found(
              RECEIPTS,
              false,
              "they are of nodes of more than one operator ("
                  + operators.stream().map(PeerId::toString).sorted().collect(joining(", "))
                  + "): say with --operator whom you trust"));
    }
    return new Checked(found, operators);
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
    if (!file.startsWith(folder) || !isPlain(file)) {
      found.add(new Found(name, false, "it is missing, or no plain file"));
      return;
    }
    long size = Files.size(file);
    if (size > MAX_FOLDER_BYTES - hashed) {
      String most = MAX_FOLDER_BYTES + " bytes, more than such a folder has";
      found.add(new Found(name, false, "it was not read: with it the folder has over " + most));
      return;
    }
    hashed += size;
    String wrong = sha256(file).equals(sum) ? "" : "its SHA-256 is another one";
    if (!name.startsWith(RECEIPTS) && !name.endsWith(RECEIPT)) {
      found.add(new Found(name, wrong.isEmpty(), wrong.isEmpty() ? "as it was written" : wrong));
      return;
    }
    List<String> faults = new ArrayList<>(faults(name, file));
    if (name.startsWith(DISAGREEMENTS)) {
      String says = faults.isEmpty() ? "every step holds" : String.join("; ", faults);
      found.add(
          new Found(name, wrong.isEmpty(), wrong.isEmpty() ? "as it was kept; " + says : wrong));
      return;
    }
    if (!wrong.isEmpty()) {
      faults.add(wrong);
    }
    String all = faults.isEmpty() ? "every step holds" : String.join("; ", faults);
    found.add(new Found(name, faults.isEmpty(), all));
  }

  /** What does not hold of the file of a receipt. */
  private List<String> faults(String name, Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = ReceiptDownload.read(in);
    }
    Verification verification = ReceiptVerifier.verify(bytes, trust, Instant.now());
    List<String> faults = new ArrayList<>();
    for (Verification.Check check : verification.failed()) {
      faults.add(check.step().text() + " does not hold: " + check.says());
    }
    Receipt receipt = verification.receipt();
    if (receipt == null || name.startsWith(DISAGREEMENTS)) {
      return faults;
    }
    Cid cid = Receipt.cidOf(receipt.encode());
    if (!name.equals(receiptFile(cid))) {
      faults.add("it is the file of receipt " + cid);
    }
    PeerId operator = verification.operator();
    if (operator != null && verification.isGreen()) {
      operators.add(operator);
    }
    return faults;
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
