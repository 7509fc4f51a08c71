package dev.limpet.protocol.receipt;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TlogProof;
import dev.limpet.protocol.tlog.TreeHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is needed to check a receipt without asking anybody: a proof as C2SP tlog-proof has it,
 * whose extra data is the DAG-CBOR of {@code {nonce, receipt, enrolment}}.
 *
 * @param receipt its DAG-CBOR
 * @param nonce {@link #NONCE_BYTES} bytes that keep others from guessing what a leaf stands for
 * @param enrolment what the operator says about the node, or null
 * @param proof with that extra data
 */
public record ReceiptFile(
    ByteString receipt, ByteString nonce, @Nullable SignedNote enrolment, TlogProof proof) {
  /** Bytes of a nonce. */
  public static final int NONCE_BYTES = 16;

  /** Largest file that is read. */
  public static final int MAX_RECEIPT_FILE_BYTES = TlogProof.MAX_PROOF_CHARS;

  /** The media type of a file. */
  public static final String MEDIA_TYPE = "text/plain; charset=utf-8";

  private static final String NONCE = "nonce";
  private static final String RECEIPT = "receipt";
  private static final String ENROLMENT = "enrolment";

  /** The name of the log of a node that began with this tag. */
  public static String origin(PeerId node, String tag) {
    return "limpet.receipts/" + node + "/" + tag;
  }

  /** Whether that is the name of a log of that node. */
  public static boolean isOrigin(String origin, PeerId node) {
    return origin.matches("limpet\\.receipts/" + node + "/[a-z0-9]{1,32}");
  }

  /** An entry of the log: the nonce and behind it the receipt. */
  public static byte[] entry(byte[] nonce, byte[] receipt) {
    return ByteBuffer.allocate(nonce.length + receipt.length).put(nonce).put(receipt).array();
  }

  /** The extra data. */
  public static ByteString extra(byte[] receipt, byte[] nonce, @Nullable SignedNote enrolment) {
    Map<String, Ipld> map = new LinkedHashMap<>();
    map.put(NONCE, new Ipld.Bytes(nonce));
    map.put(RECEIPT, new Ipld.Bytes(receipt));
    if (enrolment != null) {
      map.put(ENROLMENT, new Ipld.Text(enrolment.toString()));
    }
    return ByteString.of(DagCbor.encode(new Ipld.MapNode(map)));
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException when it is none, or could be written in another way
   */
  public static ReceiptFile parse(byte[] file) {
    if (file.length > MAX_RECEIPT_FILE_BYTES) {
      throw new IllegalArgumentException(
          "it is longer than " + MAX_RECEIPT_FILE_BYTES + " bytes, as no receipt is");
    }
    String text = new String(file, StandardCharsets.UTF_8);
    TlogProof proof = TlogProof.parse(text);
    if (!Arrays.equals(proof.toString().getBytes(StandardCharsets.UTF_8), file)) {
      throw new IllegalArgumentException("it could be written in another way");
    }
    Map<String, Ipld> extra = new LinkedHashMap<>(ReceiptReader.map(proof.extra().toBytes()));
    Ipld nonce = extra.remove(NONCE);
    Ipld receipt = extra.remove(RECEIPT);
    Ipld note = extra.remove(ENROLMENT);
    if (!(nonce instanceof Ipld.Bytes(byte[] salt))
        || salt.length != NONCE_BYTES
        || !(receipt instanceof Ipld.Bytes(byte[] said))
        || !extra.isEmpty()) {
      throw new IllegalArgumentException("its extra data is not that of a receipt");
    }
    return new ReceiptFile(ByteString.of(said), ByteString.of(salt), note(note), proof);
  }

  private static @Nullable SignedNote note(@Nullable Ipld value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Ipld.Text(String text)) {
      return SignedNote.parse(text);
    }
    throw new IllegalArgumentException("the enrolment must be text");
  }

  /** The hash of the leaf that the receipt must be. */
  public TreeHash leaf() {
    return TreeHash.leaf(entry(nonce.toBytes(), receipt.toBytes()));
  }
}
