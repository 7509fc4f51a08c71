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
 * @param checks what was looked at
 * @param receipt what it says; null when it cannot be read
 * @param file its name in the folder; null when it could not be had
 * @param statement the name of the statement for other tools; null without one
 */
record Row(
    Cid cid,
    String node,
    List<Check> checks,
    @Nullable Receipt receipt,
    @Nullable String file,
    @Nullable String statement) {
  /** Copies the list. */
  Row {
    checks = List.copyOf(checks);
  }

  /** A receipt that was fetched and looked at. */
  static Row of(Listing.Item item, Verification found, String file, @Nullable String statement) {
    return new Row(item.receipt(), item.node(), found.checks(), found.receipt(), file, statement);
  }

  /** One that could not be had, or is another one. */
  static Row without(Listing.Item item, String why) {
    Check check = new Check(Verification.Step.FILE, Result.FAILED, why);
    return new Row(item.receipt(), item.node(), List.of(check), null, null, null);
  }

  /** Whether everything holds. */
  boolean isGreen() {
    return receipt != null
        && file != null
        && checks.stream().noneMatch(check -> check.result() == Result.FAILED);
  }

  /** The steps that do not hold. */
  String failed() {
    return checks.stream()
        .filter(check -> check.result() == Result.FAILED)
        .map(check -> check.step().text())
        .collect(Collectors.joining(", "));
  }
}
