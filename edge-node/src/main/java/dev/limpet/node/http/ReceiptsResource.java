package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.receipt.ReceiptLog;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code GET /v1/receipts/{cid}}: the file that proves a receipt; 202 while the receipt is promised
 * and not in the log yet. {@code GET /v1/receipts}: which there are.
 */
public final class ReceiptsResource implements Resource {
  private static final List<String> AT = List.of("v1", "receipts");
  private static final List<String> KNOWN =
      Stream.concat(ReceiptQuery.PARAMETERS.stream(), Stream.of(Paging.LIMIT, Paging.CURSOR))
          .toList();
  private static final int OK = 200;
  private static final int ACCEPTED = 202;

  /** Receipts are in the log a fifth of a second after they were promised. */
  private static final long RETRY_SECONDS = 1;

  private final ReceiptLog receipts;

  /** Serves these. */
  public ReceiptsResource(ReceiptLog receipts) {
    this.receipts = receipts;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.isIn(AT) || resource.segments().equals(AT));
  }

  @Override
  public Need need() {
    return Need.INSPECT;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    exchange.allow("GET", "HEAD");
    if (target.segments().equals(AT)) {
      exchange.set(HeaderNames.CACHE_CONTROL, "no-store");
      exchange.answerJson(OK, page(target.query()));
      return;
    }
    target.query().onlyKnown(List.of());
    Cid cid = cid(target.segments().getLast());
    exchange.set(HeaderNames.CACHE_CONTROL, "no-store");
    switch (found(cid)) {
      case ReceiptLog.Found.Pending _ -> {
        exchange.set(HeaderNames.RETRY_AFTER, RETRY_SECONDS);
        exchange.answerEmpty(ACCEPTED);
      }
      case ReceiptLog.Found.Proven proven ->
          exchange.answer(
              OK,
              ReceiptFile.MEDIA_TYPE,
              proven.file().proof().toString().getBytes(StandardCharsets.UTF_8));
      case ReceiptLog.Found.Missing _ ->
          throw new LimpetException(
              ErrorCode.RECEIPT_NOT_FOUND,
              "no receipt has the CID " + cid + " here; it may have been removed or lost");
    }
  }

  private ReceiptPage page(QueryParameters query) {
    query.onlyKnown(KNOWN);
    Paging paging = Paging.of(query, ReceiptPage.MAX_RECEIPTS);
    ReceiptQuery wanted = ReceiptQuery.of(query);
    long place = Page.place(paging.cursor());
    try {
      return receipts.list(wanted, place, paging.limit());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ReceiptLog.Found found(Cid cid) {
    try {
      return receipts.find(cid);
    } catch (UncheckedIOException e) {
      throw failed(e);
    }
  }

  private static LimpetException failed(Exception e) {
    return new LimpetException(ErrorCode.STORE_FAILED, "the log of receipts: " + e.getMessage(), e);
  }

  private static Cid cid(String text) {
    try {
      return Cid.parse(text).toV1();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CID, String.valueOf(e.getMessage()), e);
    }
  }
}
