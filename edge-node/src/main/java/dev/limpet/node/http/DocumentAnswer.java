package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;

/**
 * One block as it is: raw, or a document of CBOR or JSON under its own media type. A document is
 * never translated (IPIP-524): whoever asks for another codec than it has gets 406 and takes the
 * block. A plain codec's media type may name its dag form as well, which is one of its documents.
 */
final class DocumentAnswer {
  private static final int NOT_IMPLEMENTED = 501;

  private final BlockSource data;

  DocumentAnswer(BlockSource data) {
    this.data = data;
  }

  /** The block. */
  void raw(Asked asked) {
    send(asked, DataFormat.RAW, false);
  }

  /**
   * Answers with the block.
   *
   * @param inline whether a browser may show it
   */
  private void send(Asked asked, DataFormat format, boolean inline) {
    Exchange exchange = asked.exchange();
    Cid cid = asked.cid();
    byte[] bytes = isSent(exchange) ? data.require(cid) : null;
    long size = bytes == null ? sizeOf(cid) : bytes.length;
    String etag = "\"" + cid + "." + format.parameter() + "\"";
    if (asked.isUnchanged(etag)) {
      return;
    }
    asked.disposition(inline, cid + format.ending());
    exchange.set(HeaderNames.CONTENT_TYPE, format.type());
    boolean plain = exchange.header(HeaderNames.RANGE) == null;
    if (exchange.isHead() && plain) {
      exchange.set(BytesAnswer.ACCEPT_RANGES);
      exchange.answerHead(200, size);
    } else {
      BytesAnswer.answer(exchange, etag, bytes == null ? data.require(cid) : bytes);
    }
  }

  /**
   * Whether the answer has the block in any case: to ask first where it is would be a look more.
   */
  private static boolean isSent(Exchange exchange) {
    return !exchange.isHead() && exchange.header(HeaderNames.IF_NONE_MATCH) == null;
  }

  private long sizeOf(Cid cid) {
    long size = data.sizeOf(cid);
    if (size < 0) {
      throw new BlockNotFoundException(cid);
    }
    return size;
  }

  /** A document, for a caller that names no form or one of those that documents have. */
  void document(Asked asked) {
    Cid cid = asked.cid();
    DataFormat own = DataFormat.ofCodec(cid.codec());
    DataFormat wanted = asked.wish().format();
    if (!asked.followed().within().isEmpty()) {
      throw new LimpetException(
          Problem.of(
                  ErrorCode.NOT_SUPPORTED,
                  "/"
                      + String.join("/", asked.followed().within())
                      + " is a place in the document "
                      + cid
                      + " and no link; take the block with format=raw and look into it yourself")
              .withStatus(NOT_IMPLEMENTED));
    }
    if (own == null || !(wanted == DataFormat.PLAIN || wanted == own || isPlainOf(wanted, own))) {
      throw new LimpetException(
          ErrorCode.NOT_ACCEPTABLE,
          cid
              + " is "
              + Multicodec.name(cid.codec())
              + " and is not translated to "
              + wanted.parameter()
              + "; take the block with format=raw and translate it yourself");
    }
    if (wanted == DataFormat.PLAIN && asked.wish().html() && hasPage(own)) {
      page(asked);
      return;
    }
    DataFormat format = wanted == DataFormat.PLAIN ? own : wanted;
    send(asked, format, format == DataFormat.JSON || format == DataFormat.DAG_JSON);
  }

  /** Plain CBOR and JSON have no links to show, and browsers show JSON themselves. */
  private static boolean hasPage(DataFormat own) {
    return own == DataFormat.DAG_JSON || own == DataFormat.DAG_CBOR;
  }

  /** The document as a page; links in it are below its path. */
  private void page(Asked asked) {
    byte[] block = data.require(asked.cid());
    if (!asked.target().directory()) {
      asked.redirectBelow();
      return;
    }
    Cid cid = asked.cid();
    if (!asked.isUnchangedPage("\"DagIndex-" + Html.VERSION + "_CID-" + cid + "\"")) {
      asked.exchange().remove(HeaderNames.CACHE_CONTROL); // nobody promises how long it looks so
      String html = new DocumentHtml(asked.target().data()).page(cid, block);
      asked.exchange().answer(200, Html.TYPE, html.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean isPlainOf(DataFormat wanted, DataFormat own) {
    return (wanted == DataFormat.JSON && own == DataFormat.DAG_JSON)
        || (wanted == DataFormat.CBOR && own == DataFormat.DAG_CBOR);
  }
}
