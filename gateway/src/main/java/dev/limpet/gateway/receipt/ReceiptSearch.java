package dev.limpet.gateway.receipt;

import dev.limpet.gateway.http.Paging;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.receipt.ReceiptQuery;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for receipts in the logs of nodes, one node after the other in the order of their names. A
 * page is of one node, which is asked once for it.
 */
final class ReceiptSearch {
  private static final System.Logger LOG = System.getLogger(ReceiptSearch.class.getName());

  /** For one page; a node reads its disk for it. */
  private static final Duration TIME = Duration.ofSeconds(10);

  private static final Pattern CURSOR = Pattern.compile("([a-z0-9][a-z0-9.-]{0,62}):([0-9]{1,18})");

  private final NodeRegistry registry;
  private final NodeClient client;

  ReceiptSearch(NodeRegistry registry, NodeClient client) {
    this.registry = registry;
    this.client = client;
  }

  /**
   * Where a list goes on.
   *
   * @param node the name of the node, or of one that is gone and came before
   * @param place in its log
   */
  private record Cursor(String node, String place) {
    static Cursor of(@Nullable String text) {
      if (text == null) {
        return new Cursor("", "0");
      }
      Matcher parts = CURSOR.matcher(text);
      if (!parts.matches()) {
        throw Page.badCursor(null);
      }
      return new Cursor(parts.group(1), parts.group(2));
    }

    String placeIn(KnownNode other) {
      return other.name().equals(node) ? place : "0";
    }
  }

  /**
   * A page.
   *
   * @throws LimpetException {@code bad-query}
   */
  Future<ReceiptPage> page(ReceiptQuery wanted, Paging paging) {
    Cursor cursor = Cursor.of(paging.cursor());
    List<KnownNode> nodes =
        registry.byName().stream().filter(node -> node.name().compareTo(cursor.node) >= 0).toList();
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      KnownNode node = nodes.get(i);
      NodeLink link = node.servesData() ? node.link() : null;
      String after = i + 1 < nodes.size() ? nodes.get(i + 1).name() + ":0" : null;
      if (link != null) {
        String place = cursor.placeIn(node);
        String uri =
            "/v1/receipts?limit="
                + Math.min(paging.limit(), ReceiptPage.MAX_RECEIPTS)
                + "&cursor="
                + place
                + wanted.toQuery();
        return ask(link, uri)
            .map(page -> of(node, requireProgress(page, place), after, missing))
            .otherwise(failure -> without(node, after, missing, failure));
      }
      missing.add(node.name());
    }
    return Future.succeededFuture(new ReceiptPage(List.of(), List.of(), null, missing));
  }

  private Future<ReceiptPage> ask(NodeLink link, String uri) {
    return client
        .send(
            link.request(HttpMethod.GET, uri, List.of()),
            null,
            new NodeClient.Bounds(TIME, ReceiptPage.MAX_JSON_BYTES))
        .map(
            answer -> {
              if (!answer.isSuccess()) {
                throw new LimpetException(
                    ErrorCode.NODE_FAILED, "it answered with status " + answer.status());
              }
              return Json.read(
                  ReceiptPage.class, answer.body().getBytes(), ReceiptPage.MAX_JSON_BYTES);
            });
  }

  /** A list that goes on where it was, or before, has no end; then the node gave none. */
  private static ReceiptPage requireProgress(ReceiptPage page, String place) {
    String next = page.next();
    if (next != null && (!Page.isPlace(next) || Long.parseLong(next) <= Long.parseLong(place))) {
      throw new LimpetException(
          ErrorCode.NODE_FAILED, "its list goes on at no later place of its log");
    }
    return page;
  }

  private static ReceiptPage of(
      KnownNode node, ReceiptPage page, @Nullable String after, List<String> missing) {
    String next = page.next();
    return new ReceiptPage(
        page.items().stream().map(item -> item.at(node.name())).toList(),
        page.gaps().stream().map(gap -> gap.at(node.name())).toList(),
        next == null ? after : node.name() + ":" + next,
        missing);
  }

  private static ReceiptPage without(
      KnownNode node, @Nullable String after, List<String> missing, Throwable failure) {
    LOG.log(Level.DEBUG, "no list of receipts from " + node.name(), failure);
    List<String> all = new ArrayList<>(missing);
    all.add(node.name());
    return new ReceiptPage(List.of(), List.of(), after, all);
  }
}
