package dev.limpet.cli.evidence;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.receipt.Verification.Check;
import dev.limpet.protocol.receipt.Verification.Result;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A receipt of the folder.
 *
 * @param standing what came of it
 * @param cid its CID
 * @param node the name of the node that lists it, or empty
 * @param found what was looked at, and what it says
 * @param file its name in the folder; null when it could not be had
 * @param statement the name of the statement for other tools; null without one
 */
record Row(
    Standing standing,
    Cid cid,
    String node,
    Verification found,
    @Nullable String file,
    @Nullable String statement) {
  /** What came of a receipt. */
  enum Standing {
    /** Everything holds. */
    GREEN,
    /** Something does not. */
    RED,
    /** It is listed and could not be had, which shows nothing about it. */
    MISSING;

    /** As it stands on the page. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A receipt that was fetched and looked at. */
  static Row of(Listing.Item item, Verification found, String file, @Nullable String statement) {
    Standing standing = found.receipt() != null && found.isGreen() ? Standing.GREEN : Standing.RED;
    return new Row(standing, item.receipt(), item.node(), found, file, statement);
  }

  /** One instead of which something else was given. */
  static Row wrong(Listing.Item item, String why) {
    return without(Standing.RED, item, why);
  }

  /** One that could not be had. */
  static Row missing(Listing.Item item, String why) {
    return without(Standing.MISSING, item, why);
  }

  private static Row without(Standing standing, Listing.Item item, String why) {
    Result result = standing == Standing.RED ? Result.FAILED : Result.NOTE;
    Check check = new Check(Verification.Step.FILE, result, why);
    Verification none = new Verification(List.of(check), null, null);
    return new Row(standing, item.receipt(), item.node(), none, null, null);
  }

  /** What it says; null when it cannot be read. */
  @Nullable Receipt receipt() {
    return found.receipt();
  }

  /** What is the matter, as a sentence; empty when nothing is. */
  String complaint() {
    return switch (standing) {
      case GREEN -> "";
      case RED ->
          "These steps do not hold: "
              + found.failed().stream()
                  .map(check -> check.step().text())
                  .collect(Collectors.joining(", "))
              + ".";
      case MISSING -> "It is listed, and is not in this folder.";
    };
  }
}
