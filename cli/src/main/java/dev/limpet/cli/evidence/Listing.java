package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which receipts there are.
 *
 * @param items the ones that are taken, by the time they say
 * @param next when the first one began that is not taken; null when all are
 * @param gaps where logs say that receipts are lost
 * @param missing nodes that may have more and did not answer
 */
record Listing(List<Item> items, @Nullable Instant next, List<Gap> gaps, Set<String> missing) {
  /** Receipts that are looked at to find the first ones of a time. */
  static final int MAX_LISTED_RECEIPTS = 200_000;

  /** Gaps that are shown. */
  static final int MAX_SHOWN_GAPS = 1000;

  /** More than other lists have: a log is read a part at a time, and a page may be empty. */
  private static final int MAX_PAGES = 100_000;

  /**
   * A receipt that is somewhere.
   *
   * @param receipt its CID
   * @param node the name of the node that lists it; empty when nobody did
   * @param started as it is listed
   */
  record Item(Cid receipt, String node, Instant started) {}

  /**
   * Receipts that are lost.
   *
   * @param node whose
   * @param since in what time
   * @param until in what time
   * @param lost how many, or {@code an unknown number}
   */
  record Gap(String node, String since, String until, String lost) {}

  /**
   * Asks for all of them and takes the first ones, so that the rest can be asked for from where
   * these end.
   *
   * @param limit how many are taken
   */
  static Listing of(ServerClient gateway, Subject subject, int limit) {
    OriginalReceipt original = subject.original();
    if (original != null) {
      Item one = new Item(original.receipt(), original.node(), Instant.EPOCH);
      return new Listing(List.of(one), null, List.of(), Set.of());
    }
    List<Item> items = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    Set<String> missing = new TreeSet<>();
    gateway.pages(
        "/v1/receipts?limit=200" + subject.query().toQuery(),
        MAX_PAGES,
        page -> {
          requireRoom(items.size());
          page.objects("items").forEach(item -> items.add(item(item)));
          page.objects("gaps").stream()
              .limit(MAX_SHOWN_GAPS - gaps.size())
              .forEach(gap -> gaps.add(gap(gap)));
          missing.addAll(page.texts("missing"));
        });
    return first(items, limit, gaps, missing);
  }

  /** Of a page after so many receipts. */
  private static void requireRoom(int listed) {
    if (listed > MAX_LISTED_RECEIPTS) {
      throw CliException.usage(
          "there are more than "
              + MAX_LISTED_RECEIPTS
              + " receipts: name a shorter time"
              + " with --until");
    }
  }

  private static Listing first(List<Item> items, int limit, List<Gap> gaps, Set<String> missing) {
    List<Item> sorted =
        items.stream()
            .distinct()
            .sorted(
                Comparator.comparing(Item::started).thenComparing(item -> item.receipt.toString()))
            .toList();
    if (sorted.size() <= limit) {
      return new Listing(sorted, null, gaps, missing);
    }
    return new Listing(sorted.subList(0, limit), sorted.get(limit).started, gaps, missing);
  }

  private static Item item(JsonObject item) {
    try {
      return new Item(
          Cid.parse(item.text("receipt")).toV1(),
          item.text("node"),
          Instant.parse(item.text("startedAt")));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new CliException(
          ErrorCode.UNREACHABLE, "what the gateway lists is no receipt: " + e.getMessage());
    }
  }

  private static Gap gap(JsonObject gap) {
    String lost = gap.text("lost");
    return new Gap(
        gap.text("node"),
        gap.text("since"),
        gap.text("until"),
        lost.isEmpty() ? "an unknown number" : lost);
  }
}
