package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Enrolment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
   * @param receipts that are listed
   * @param red of them
   * @param absent of them, since they could not be had
   * @param gaps that logs report
   * @param disagreements that the gateway knows
   * @param missing nodes that may have more
   * @param lacks sentences about what else could not be had
   * @param next where the next folder begins; null when this has all
   */
  public record Made(
      int receipts,
      int red,
      int absent,
      int gaps,
      int disagreements,
      List<String> missing,
      List<String> lacks,
      @Nullable Instant next) {
    /** Copies the lists. */
    public Made {
      missing = List.copyOf(missing);
      lacks = List.copyOf(lacks);
    }

    /** Whether something that is known to be somewhere is not in the folder. */
    public boolean isIncomplete() {
      return absent > 0 || !missing.isEmpty() || !lacks.isEmpty();
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
      Disputes disputes,
      List<String> lacks) {
    /** Receipts of which that came. */
    int count(Row.Standing standing) {
      return (int) rows.stream().filter(row -> row.standing() == standing).count();
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
    ReceiptFetch receipts = new ReceiptFetch(gateway, folder, wish, operator);
    Instant next = fetch(receipts, folder, listing);
    List<String> lacks = new ArrayList<>(receipts.lacks());
    Calls calls = new Calls(rows);
    try {
      calls.remembered(gateway, wish.subject);
    } catch (CliException e) {
      lacks.add("which calls the gateway remembers: " + ReceiptFetch.unlessItEndsAll(e).detail());
    }
    wish.accessLogs.forEach(calls::logged);
    Disputes disputes = new Disputes(gateway, folder).about(rows, wish.subject.query());
    lacks.addAll(disputes.lacks());
    Told told =
        new Told(
            wish,
            operator,
            now,
            gateway.base().toString(),
            rows,
            receipts.enrolments(),
            listing,
            next,
            calls,
            disputes,
            List.copyOf(lacks));
    folder.write("verify.html", verifyPage());
    folder.write("index.html", EvidencePage.of(told));
    return new Made(
        rows.size(),
        told.count(Row.Standing.RED),
        told.count(Row.Standing.MISSING),
        listing.gaps().size(),
        disputes.count(),
        List.copyOf(listing.missing()),
        lacks,
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
  private @Nullable Instant fetch(ReceiptFetch receipts, EvidenceFolder folder, Listing listing)
      throws IOException {
    List<Listing.Item> items = listing.items();
    try (ProgressBar bar = ProgressBar.ofCalls(terminal, "checking receipts", items.size())) {
      for (Listing.Item item : items) {
        if (folder.bytes() > MAX_EVIDENCE_BYTES) {
          return item.started();
        }
        rows.add(receipts.row(item));
        bar.advance(1);
      }
    }
    return listing.next();
  }
}
