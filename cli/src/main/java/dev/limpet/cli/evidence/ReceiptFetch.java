package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.receipt.Verification.Result;
import dev.limpet.protocol.receipt.Verification.Step;
import dev.limpet.protocol.tlog.SignedNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches receipts one by one, looks at each, and puts its file into the folder. What cannot be had
 * becomes a row that says so: neither a node that is away nor a hostile file ends a folder.
 */
final class ReceiptFetch {
  /** Questions in a row without any answer, after which the gateway counts as gone. */
  static final int MAX_UNANSWERED_ASKS = 5;

  private static final String PROOF = "proof";
  private static final String DSSE = "dsse";
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final ServerClient gateway;
  private final EvidenceFolder folder;
  private final Evidence.Wish wish;
  private final ReceiptVerifier.Trust trust;
  private final ReceiptDownload.Patience patience = new ReceiptDownload.Patience();
  private final Map<String, Enrolment> enrolments = new TreeMap<>();
  private final List<String> lacks = new ArrayList<>();
  private int unanswered;

  /** An older gateway refuses to be told whom to ask first. */
  private boolean takesNode = true;

  ReceiptFetch(ServerClient gateway, EvidenceFolder folder, Evidence.Wish wish, PeerId operator) {
    this.gateway = gateway;
    this.folder = folder;
    this.wish = wish;
    this.trust = new ReceiptVerifier.Trust(operator, null);
  }

  /** What the operator says of nodes in files that it signed, by the nodes' keys. */
  Map<String, Enrolment> enrolments() {
    return enrolments;
  }

  /** Sentences about what is missing besides receipts. */
  List<String> lacks() {
    return lacks;
  }

  /**
   * Fetches one and looks at it.
   *
   * @throws CliException when the gateway refuses the credentials
   * @throws IOException when the disk fails
   */
  Row row(Listing.Item item) throws IOException {
    byte[] bytes;
    try {
      bytes = fetch(item, PROOF);
    } catch (CliException e) {
      return Row.missing(item, "it could not be had: " + unlessItEndsAll(e).detail());
    }
    Verification found = ReceiptVerifier.verify(bytes, trust, Instant.now());
    Receipt receipt = found.receipt();
    if (receipt != null) {
      if (!Receipt.cidOf(receipt.encode()).equals(item.receipt())) {
        return Row.wrong(item, "what the gateway gave is the file of another receipt");
      }
      String mismatch = wish.subject().mismatch(receipt);
      if (!mismatch.isEmpty()) {
        return Row.wrong(item, mismatch);
      }
    }
    String name = FolderCheck.receiptFile(item.receipt());
    folder.write(name, bytes);
    if (receipt != null) {
      takeApart(ReceiptFile.parse(bytes), found);
    }
    return Row.of(item, found, name, statement(item, found));
  }

  private byte[] fetch(Listing.Item item, String format) {
    if (unanswered == MAX_UNANSWERED_ASKS) {
      throw new CliException(
          ErrorCode.UNREACHABLE,
          "the gateway gave no answer " + unanswered + " times in a row and was not asked again");
    }
    String target = "/v1/receipts/" + item.receipt() + "?format=" + format;
    try {
      byte[] bytes = asked(target, item.node());
      unanswered = 0;
      return bytes;
    } catch (CliException e) {
      unanswered = e.exit() == ExitCode.NOT_REACHABLE && e.status() == 0 ? unanswered + 1 : 0;
      throw e;
    }
  }

  /** Names the node that lists it, unless the gateway is too old to know what that is for. */
  private byte[] asked(String target, String node) {
    if (takesNode && !node.isEmpty()) {
      try {
        return ReceiptDownload.of(gateway, target + "&node=" + Targets.query(node), patience);
      } catch (CliException e) {
        if (!e.code().equals(ErrorCode.BAD_QUERY.code())) {
          throw e;
        }
        takesNode = false;
      }
    }
    return ReceiptDownload.of(gateway, target, patience);
  }

  /**
   * What failed, when the rest is worth asking for.
   *
   * @throws CliException the same when it is not: nobody may ask, or nobody waits any more
   */
  static CliException unlessItEndsAll(CliException failure) {
    if (failure.status() == UNAUTHORIZED
        || failure.status() == FORBIDDEN
        || failure.exit() == ExitCode.INTERRUPTED) {
      throw failure;
    }
    return failure;
  }

  /** What is in many of the files stands also by itself, for people and for other tools. */
  private void takeApart(ReceiptFile file, Verification found) throws IOException {
    String checkpoint = file.proof().checkpoint().toString();
    String sum = EvidenceFolder.sha256(checkpoint.getBytes(StandardCharsets.UTF_8));
    folder.write("checkpoints/" + sum.substring(0, 16) + ".note", checkpoint);
    SignedNote note = file.enrolment();
    if (note == null || !holds(found, Step.ENROLMENT)) {
      return; // anybody can write one that nobody signed
    }
    Enrolment enrolment = Enrolment.parse(note.text());
    folder.write(
        "enrolments/" + enrolment.node() + "-" + enrolment.until().getEpochSecond() + ".note",
        note.toString());
    enrolments.put(enrolment.node().toString(), enrolment);
  }

  private static boolean holds(Verification found, Step step) {
    return found.checks().stream()
        .anyMatch(check -> check.step() == step && check.result() == Result.OK);
  }

  /** The gateway states only what holds for its own operator. */
  private @Nullable String statement(Listing.Item item, Verification found) throws IOException {
    Receipt receipt = found.receipt();
    if (!wish.statements()
        || receipt == null
        || !found.isGreen()
        || receipt.ending().result() == null) {
      return null;
    }
    String name = "statements/" + item.receipt() + ".intoto.json";
    try {
      folder.write(name, fetch(item, DSSE));
      return name;
    } catch (CliException e) {
      lacks.add("the statement of " + item.receipt() + ": " + unlessItEndsAll(e).detail());
      return null;
    }
  }
}
