package dev.limpet.gateway.audit;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Sha256;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptComparison;
import dev.limpet.protocol.receipt.ReceiptFile;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a node answered.
 *
 * @param node the node
 * @param status of the answer
 * @param failure why the function failed, or null when it answered
 * @param body SHA-256 of its body, of an error that of its code; null when the body was long and
 *     only the receipt says what it was
 * @param receipt CID of the receipt that it promised, or null
 * @param file of that receipt, or null as long as it was not fetched
 */
public record Said(
    KnownNode node,
    int status,
    @Nullable ErrorCode failure,
    @Nullable ByteString body,
    @Nullable Cid receipt,
    @Nullable ByteString file) {
  /**
   * An answer that came.
   *
   * @param receipt as the node wrote it, which may be anything, or null
   */
  public static Said of(KnownNode node, int status, Buffer body, @Nullable String receipt) {
    ByteString digest = ByteString.of(Sha256.of(body.getBytes()));
    return new Said(node, status, null, digest, cid(receipt), null);
  }

  /** An answer that was not looked at, or that was made without one. */
  public static Said unseen(KnownNode node, int status, @Nullable String receipt) {
    return new Said(node, status, null, null, cid(receipt), null);
  }

  /** That the function failed; what else a problem says is the node's own. */
  public static Said failed(KnownNode node, int status, ErrorCode code, @Nullable String receipt) {
    ByteString digest = ByteString.of(Sha256.of(code.code().getBytes(StandardCharsets.UTF_8)));
    return new Said(node, status, code, digest, cid(receipt), null);
  }

  /** Whether the function failed by itself, and fails so wherever the same engine runs it. */
  public static boolean isFailure(@Nullable ErrorCode code) {
    return code != null
        && code != ErrorCode.ANSWER_CUT
        && code.category() == ErrorCode.Category.FUNCTION;
  }

  private static @Nullable Cid cid(@Nullable String text) {
    try {
      return text == null ? null : Cid.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The same with its receipt. */
  Said with(byte[] fetched) {
    return new Said(node, status, failure, body, receipt, ByteString.of(fetched));
  }

  /**
   * Whether anything says that what both answered is the same, or is not. Engines count fuel and
   * use stack in their own ways, so where one failed and the other did not, or not so, both must
   * have a receipt that names the same one.
   */
  boolean isComparable(Said other) {
    Receipt mine = toReceipt();
    Receipt theirs = other.toReceipt();
    if (failure != other.failure) {
      return mine != null && theirs != null && mine.engine().equals(theirs.engine());
    }
    boolean seen = body != null && other.body != null;
    return seen || status != other.status || (mine != null && theirs != null);
  }

  /** Whether both can be right: the same answer, and receipts that agree where both have one. */
  boolean agrees(Said other) {
    Receipt mine = toReceipt();
    Receipt theirs = other.toReceipt();
    return status == other.status
        && (body == null || other.body == null || body.equals(other.body))
        && (mine == null || theirs == null || ReceiptComparison.of(mine, theirs).agrees());
  }

  /** What its file says, when that is the receipt that was promised. */
  private @Nullable Receipt toReceipt() {
    if (file == null) {
      return null;
    }
    try {
      byte[] said = ReceiptFile.parse(file.toBytes()).receipt().toBytes();
      return Receipt.cidOf(said).equals(receipt) ? Receipt.decode(said) : null;
    } catch (IllegalArgumentException e) {
      return null; // it proves nothing, and is kept as it is
    }
  }

  /** A line for people. */
  String line() {
    return node.name()
        + " ("
        + node.peerId()
        + ") status "
        + status
        + (body == null
            ? " body as in its receipt"
            : " body sha256 " + HexFormat.of().formatHex(body.toBytes()))
        + " receipt "
        + (receipt == null ? "none" : receipt.toString());
  }
}
