package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.tlog.SignedNote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes a folder: fetches each receipt, looks at it, and writes what was found. */
public final class Evidence {
  /** Receipts of one folder: its page is one that a person reads. */
  public static final int MAX_EVIDENCE_RECEIPTS = 2000;

  /** Bytes of one folder, after which no further receipt is fetched. */
  public static final long MAX_EVIDENCE_BYTES = 512L << 20;

  private final ServerClient gateway;
  private final Terminal terminal;
  private final Wish wish;
  private final PeerId operator;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, Enrolment> enrolments = new TreeMap<>();

  /**
   * What is wanted.
   *
   * @param subject what it is about
   * @param statements whether statements for other tools are wanted, too
   * @param operator the key that is trusted; null takes that of the gateway
   * @param accessLogs of the gateway
   * @param limit receipts at most
   */
  public record Wish(
      Subject subject,
      boolean statements,
      @Nullable PeerId operator,
      List<Path> accessLogs,
      int limit) {
    /** Copies the list. */
    public Wish {
      accessLogs = List.copyOf(accessLogs);
    }
  }

  /**
   * What came of it.
   *
   * @param receipts in the folder
   * @param red of them
   * @param gaps that logs report
   * @param disagreements that the gateway knows
   * @param missing nodes that may have more
   * @param next where the next folder begins; null when this has all
   */
  public record Made(
      int receipts,
      int red,
      int gaps,
      int disagreements,
      List<String> missing,
      @Nullable Instant next) {
    /** Copies the list. */
    public Made {
      missing = List.copyOf(missing);
    }
  }

  /** What a page tells. */
  record Told(
      Wish wish,
      PeerId operator,
      Instant made,
      String gateway,
      List<Row> rows,
      Map<String, Enrolment> enrolments,
      Listing listing,
      @Nullable Instant next,
      Calls calls,
      Disputes disputes) {
    /** Receipts that do not hold. */
    int red() {
      return (int) rows.stream().filter(row -> !row.isGreen()).count();
    }
  }

  private Evidence(ServerClient gateway, Terminal terminal, Wish wish) {
    this.gateway = gateway;
    this.terminal = terminal;
    this.wish = wish;
    this.operator = wish.operator == null ? operatorOf(gateway) : wish.operator;
  }

  private static PeerId operatorOf(ServerClient gateway) {
    try {
      return PeerId.parse(gateway.text("/v1/witness/key").lines().findFirst().orElse(""));
    } catch (IllegalArgumentException e) {
      throw new CliException(ErrorCode.UNREACHABLE, "the gateway shows no key of an operator");
    }
  }

  /**
   * Makes one.
   *
   * @throws CliException {@code receipt-not-found} when there is nothing, or what servers say
   * @throws IOException when the disk fails; nothing stands under the name then
   */
  public static Made write(ServerClient gateway, Terminal terminal, Path target, Wish wish)
      throws IOException {
    Evidence evidence = new Evidence(gateway, terminal, wish);
    Listing listing = Listing.of(gateway, wish.subject, wish.limit);
    if (listing.items().isEmpty() && listing.gaps().isEmpty()) {
      String but =
          listing.missing().isEmpty()
              ? ""
              : "; these nodes did not answer: " + String.join(", ", listing.missing());
      throw new CliException(
          ErrorCode.RECEIPT_NOT_FOUND,
          "no log has a receipt of " + wish.subject.text() + " in that time" + but);
    }
    try (EvidenceFolder folder = EvidenceFolder.begin(target)) {
      Made made = evidence.fill(folder, listing);
      folder.commit();
      return made;
    }
  }

  private Made fill(EvidenceFolder folder, Listing listing) throws IOException {
    Instant next = fetch(folder, listing);
    Calls calls = new Calls(rows);
    calls.remembered(gateway, wish.subject);
    wish.accessLogs.forEach(calls::logged);
    Disputes disputes = new Disputes(gateway, folder).about(rows, wish.subject.query());
    Told told =
        new Told(
            wish,
            operator,
            now,
            gateway.base().toString(),
            rows,
            enrolments,
            listing,
            next,
            calls,
            disputes);
    folder.write("verify.html", verifyPage());
    folder.write("index.html", EvidencePage.of(told));
    return new Made(
        rows.size(),
        told.red(),
        listing.gaps().size(),
        disputes.count(),
        List.copyOf(listing.missing()),
        next);
  }

  /** The page with which a browser checks receipts, as this build has it. */
  private static byte[] verifyPage() throws IOException {
    try (InputStream page =
        Evidence.class.getResourceAsStream("/dev/limpet/gateway/http/verify.html")) {
      return Objects.requireNonNull(page, "the build has the page").readAllBytes();
    }
  }

  /** Fetches them; when the next folder begins, if there is no room for all. */
  private @Nullable Instant fetch(EvidenceFolder folder, Listing listing) throws IOException {
    List<Listing.Item> items = listing.items();
    try (ProgressBar bar = ProgressBar.ofCalls(terminal, "checking receipts", items.size())) {
      for (Listing.Item item : items) {
        if (folder.bytes() > MAX_EVIDENCE_BYTES) {
          return item.started();
        }
        rows.add(row(folder, item));
        bar.advance(1);
      }
    }
    return listing.next();
  }

  private Row row(EvidenceFolder folder, Listing.Item item) throws IOException {
    byte[] bytes;
    try {
      bytes = ReceiptDownload.of(gateway, item.receipt());
    } catch (CliException e) {
      if (e.code().equals(ErrorCode.RECEIPT_NOT_FOUND.code())) {
        return Row.without(item, "it could not be had: " + e.detail());
      }
      throw e;
    }
    ReceiptVerifier.Trust trust = new ReceiptVerifier.Trust(operator, null);
    Verification found = ReceiptVerifier.verify(bytes, trust, Instant.now());
    Receipt receipt = found.receipt();
    if (receipt != null && !Receipt.cidOf(receipt.encode()).equals(item.receipt())) {
      return Row.without(item, "what the gateway gave is the file of another receipt");
    }
    if (receipt != null
        && wish.subject.original() == null
        && !wish.subject.query().wants(receipt)) {
      return Row.without(item, "it is listed, and not about " + wish.subject.text());
    }
    String name = "receipts/" + item.receipt() + ".receipt";
    folder.write(name, bytes);
    if (receipt != null) {
      takeApart(folder, ReceiptFile.parse(bytes));
    }
    return Row.of(item, found, name, statement(folder, item.receipt(), receipt));
  }

  /** What is in many of the files stands also by itself, for people and for other tools. */
  private void takeApart(EvidenceFolder folder, ReceiptFile file) throws IOException {
    String checkpoint = file.proof().checkpoint().toString();
    String sum = EvidenceFolder.sha256(checkpoint.getBytes(StandardCharsets.UTF_8));
    folder.write("checkpoints/" + sum.substring(0, 16) + ".note", checkpoint);
    SignedNote note = file.enrolment();
    if (note != null) {
      Enrolment enrolment = Enrolment.parse(note.text());
      folder.write(
          "enrolments/" + enrolment.node() + "-" + enrolment.until().getEpochSecond() + ".note",
          note.toString());
      enrolments.put(enrolment.node().toString(), enrolment);
    }
  }

  private @Nullable String statement(EvidenceFolder folder, Cid cid, @Nullable Receipt receipt)
      throws IOException {
    if (!wish.statements || receipt == null || receipt.ending().result() == null) {
      return null;
    }
    String name = "statements/" + cid + ".intoto.json";
    try (InputStream in = ReceiptDownload.open(gateway, "/v1/receipts/" + cid + "?format=dsse")) {
      folder.write(name, ReceiptDownload.read(in));
    }
    return name;
  }
}
