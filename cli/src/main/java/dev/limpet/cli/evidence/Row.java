package dev.limpet.cli.evidence;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.receipt.Verification.Check;
import dev.limpet.protocol.receipt.Verification.Result;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A receipt of the folder.
 *
 * @param cid its CID
 * @param node the name of the node that lists it, or empty
 * @param found what was looked at, and what it says
 * @param file its name in the folder; null when it could not be had
 * @param statement the name of the statement for other tools; null without one
 */
record Row(
    Cid cid, String node, Verification found, @Nullable String file, @Nullable String statement) {
  /** A receipt that was fetched and looked at. */
  static Row of(Listing.Item item, Verification found, String file, @Nullable String statement) {
    return new Row(item.receipt(), item.node(), found, file, statement);
  }

  /** One that could not be had, or is another one. */
  static Row without(Listing.Item item, String why) {
    Check check = new Check(Verification.Step.FILE, Result.FAILED, why);
    Verification none = new Verification(List.of(check), null);
    return new Row(item.receipt(), item.node(), none, null, null);
  }

  /** What it says; null when it cannot be read. */
  @Nullable Receipt receipt() {
    return found.receipt();
  }

  /** Whether everything holds. */
  boolean isGreen() {
    return found.receipt() != null && file != null && found.isGreen();
  }

  /** The steps that do not hold. */
  String failed() {
    return found.failed().stream()
        .map(check -> check.step().text())
        .collect(Collectors.joining(", "));
  }
}
