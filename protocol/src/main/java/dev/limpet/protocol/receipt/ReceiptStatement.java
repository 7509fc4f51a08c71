package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.NodeIdentity;
import io.avaje.jsonb.Jsonb;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A receipt as other tools of the supply chain read it: an in-toto Statement v1 with a SLSA
 * provenance v1, in a DSSE envelope. Whoever signs it says that the receipt is in the log of its
 * node; that the node told the truth it does not say.
 */
public final class ReceiptStatement {
  /** The media type of the payload. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /** The media type of the envelope. */
  public static final String MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

  /** What {@code buildType} says: how the parameters are to be understood (docs/RECEIPTS.md). */
  public static final String BUILD_TYPE = "urn:limpet:receipt:v1";

  private static final Jsonb JSON = Jsonb.builder().build();

  private ReceiptStatement() {}

  /**
   * The envelope (DSSE 1.0.2).
   *
   * @param file of a receipt that was checked
   * @param signer who says so
   * @throws IllegalArgumentException when the file holds no receipt, or its function had no success
   */
  public static byte[] envelope(ReceiptFile file, NodeIdentity signer) {
    byte[] payload = statement(file).getBytes(StandardCharsets.UTF_8);
    Map<String, Object> signature = new LinkedHashMap<>();
    signature.put("keyid", signer.peerId().toString());
    signature.put("sig", base64(signer.sign(encoded(payload))));
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("payloadType", PAYLOAD_TYPE);
    envelope.put("payload", base64(payload));
    envelope.put("signatures", List.of(signature));
    return json(envelope).getBytes(StandardCharsets.UTF_8);
  }

  /** What is signed: PAE of the DSSE protocol. */
  private static byte[] encoded(byte[] payload) {
    String head =
        "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length + " ";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String json(Map<String, Object> value) {
    return JSON.type(Object.class).toJson(value);
  }

  private static String statement(ReceiptFile file) {
    byte[] bytes = file.receipt().toBytes();
    Receipt receipt = Receipt.decode(bytes);
    Receipt.Result result = receipt.ending().result();
    if (result == null) {
      throw new IllegalArgumentException("the function had no success, so there is no product");
    }
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("_type", "https://in-toto.io/Statement/v1");
    statement.put("subject", List.of(resource("result", result.body())));
    statement.put("predicateType", "https://slsa.dev/provenance/v1");
    statement.put(
        "predicate",
        Map.of(
            "buildDefinition", definition(receipt),
            "runDetails", details(receipt, Receipt.cidOf(bytes), file)));
    return json(statement);
  }

  private static Map<String, Object> definition(Receipt receipt) {
    Map<String, Object> outside = new LinkedHashMap<>();
    outside.put("function", receipt.work().function().toString());
    outside.put("inputs", receipt.work().inputs());
    if (receipt.work().task() != null) {
      outside.put("task", receipt.work().task().toString());
    }
    List<Object> needed = new ArrayList<>();
    needed.add(resource("function", receipt.work().function()));
    receipt.work().data().forEach(input -> needed.add(resource("input", input)));
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("buildType", BUILD_TYPE);
    definition.put("externalParameters", outside);
    definition.put(
        "internalParameters",
        Map.of(
            "engine", receipt.ran().engine(),
            "grants", receipt.ran().grants(),
            "fuel", receipt.used().fuel()));
    definition.put("resolvedDependencies", needed);
    return definition;
  }

  private static Map<String, Object> details(Receipt receipt, Cid cid, ReceiptFile file) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("invocationId", receipt.ran().execution().text());
    metadata.put("startedOn", receipt.ran().started().toString());
    metadata.put("finishedOn", receipt.ran().ended().toString());
    Map<String, Object> proof = new LinkedHashMap<>();
    proof.put("name", "proof");
    proof.put("mediaType", "text/plain");
    proof.put("content", base64(file.proof().toString().getBytes(StandardCharsets.UTF_8)));
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("builder", Map.of("id", "urn:limpet:node:" + receipt.ran().node()));
    details.put("metadata", metadata);
    details.put("byproducts", List.of(resource("receipt", cid), proof));
    return details;
  }

  /** The digest is that of the block that the CID names; of a small file it is the file itself. */
  private static Map<String, Object> resource(String name, Cid cid) {
    String digest = HexFormat.of().formatHex(cid.multihash().digest());
    boolean sha256 = cid.multihash().code() == Multicodec.SHA2_256;
    boolean whole = sha256 && cid.codec() != Multicodec.DAG_PB;
    String kind = whole ? "sha256" : sha256 ? "dagPbSha256" : "multihash";
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("name", name);
    resource.put("uri", "ipfs://" + cid);
    resource.put("digest", Map.of(kind, digest));
    return resource;
  }
}
