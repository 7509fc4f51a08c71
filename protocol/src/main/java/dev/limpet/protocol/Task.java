package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What uniquely defines work: equal Tasks of a pure function give equal bytes. The CID of its
 * DAG-CBOR is the Task id, and in quotes the ETag of the answer; so the form below never changes
 * within {@code v: 1}.
 *
 * <p>Keys and their types in DAG-CBOR. A key whose value would be empty is absent; the first five
 * are always there:
 *
 * <pre>{@code
 * v             1
 * manifest      link (v1, dag-cbor)   of the function, also when it was called by its module
 * inputs        list of links (v1)    data in the order of its mounts, paths resolved
 * method        text                  GET also for HEAD
 * profile       text                  the rules and constants that it runs under, such as "pure-1"
 * path          text                  what follows the function, decoded, with a leading slash
 * args          list of text          of the caller; those of the manifest are in the manifest
 * query         text                  raw, without limpet-... parameters; abi http only
 * headers       map of text to text   those that the manifest lists and the caller sent
 * content-type  text                  of the caller
 * body          bytes (32)            SHA-256 of the body
 * }</pre>
 *
 * <p>{@code body} is absent for an empty body, and as long as a body that streams has not ended.
 *
 * <p>Random bytes and the clock of the guest derive from the Task without {@code body}, so that a
 * body can stream. With {@code id} the 36 bytes of the CID of that Task:
 *
 * <pre>{@code
 * seed  = SHA-256("limpet task random v1" NUL id)
 * clock = 2020-01-01T00:00:00Z + (the first 8 bytes, big-endian, unsigned, of
 *         SHA-256("limpet task clock v1" NUL id)) mod 315 360 000 000 000 000 ns
 * }</pre>
 *
 * @param manifest CID of the manifest
 * @param inputs the data, each CID being that of a file or directory itself
 * @param method the method, never HEAD
 * @param profile the profile
 * @param path empty, or with a leading slash
 * @param arguments decoded
 * @param query raw, empty without one
 * @param headers names in lower case; several lines joined by a comma and a space
 * @param contentType Content-Type of the request, or null
 * @param bodyDigest SHA-256 of the body, or null
 */
public record Task(
    Cid manifest,
    List<Cid> inputs,
    String method,
    String profile,
    String path,
    List<String> arguments,
    String query,
    Map<String, String> headers,
    @Nullable String contentType,
    @Nullable ByteString bodyDigest) {

  /** The version of the form. */
  public static final int VERSION = 1;

  /** Length of the seed for random bytes. */
  public static final int SEED_BYTES = TaskDerivation.DIGEST_BYTES;

  /**
   * Checks every part; CIDs of inputs become version 1, the digest of nothing becomes null.
   *
   * @throws IllegalArgumentException that names the part
   */
  public Task {
    ManifestRules.link("manifest", manifest);
    if (manifest.codec() != Multicodec.DAG_CBOR) {
      throw new IllegalArgumentException("manifest must be the CID of a manifest");
    }
    inputs = TaskRules.inputs(inputs);
    TaskRules.method(method);
    ManifestRules.profile(profile);
    TaskRules.path(path);
    arguments = TaskRules.arguments(arguments);
    TaskRules.text("query", query);
    headers = TaskRules.headers(headers);
    if (contentType != null) {
      TaskRules.headerValue("contentType", contentType);
    }
    bodyDigest = TaskRules.bodyDigest(bodyDigest);
  }

  /**
   * The Task of an invocation, without its body: of what the caller sent, only what the function's
   * kind and manifest let it see.
   *
   * @param invocation what is asked for
   * @param function CID of the manifest, which is not hashed again
   * @param manifest the manifest that it names
   * @param inputs the CIDs that its inputs resolve to, in their order
   * @throws IllegalArgumentException that names a part that does not fit
   */
  public static Task of(
      Invocation invocation, Cid function, FunctionManifest manifest, List<Cid> inputs) {
    if (inputs.size() != invocation.inputs().size()) {
      throw new IllegalArgumentException("every input must be resolved");
    }
    boolean http = manifest.effectiveAbi() == Abi.HTTP;
    return new Task(
        function,
        inputs,
        invocation.method(),
        manifest.effectiveProfile(),
        invocation.path(),
        http ? List.of() : invocation.arguments(),
        http ? invocation.query() : "",
        TaskRules.listed(invocation.headers(), manifest.headers()),
        invocation.contentType(),
        null);
  }

  /**
   * The same with a body.
   *
   * @param sha256 its SHA-256, 32 bytes
   */
  public Task withBody(byte[] sha256) {
    return withDigest(ByteString.of(sha256));
  }

  /** The same without a body: what seed and clock derive from. */
  public Task withoutBody() {
    return bodyDigest == null ? this : withDigest(null);
  }

  private Task withDigest(@Nullable ByteString digest) {
    return new Task(
        manifest, inputs, method, profile, path, arguments, query, headers, contentType, digest);
  }

  /** The DAG-CBOR that the Task id is made of. */
  public byte[] encode() {
    return DagCbor.encode(TaskRules.toIpld(this));
  }

  /**
   * A Task in its form.
   *
   * @param bytes of the DAG-CBOR
   * @param id the Task id, the CID of these
   */
  public record Form(ByteString bytes, Cid id) {}

  /** The form and the Task id together, for both take time. */
  public Form form() {
    byte[] bytes = encode();
    return new Form(ByteString.adopt(bytes), Cid.of(Multicodec.DAG_CBOR, bytes));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when it is no Task of this version
   */
  public static Task decode(byte[] bytes) {
    return TaskReader.read(bytes);
  }

  /** The Task id. */
  public Cid cid() {
    return Cid.of(Multicodec.DAG_CBOR, encode());
  }

  /** What the guest's random bytes derive from: {@link #SEED_BYTES} bytes. */
  public byte[] seed() {
    return TaskDerivation.seed(withoutBody().cid());
  }

  /**
   * What the guest's real-time clock shows at its start, in nanoseconds since 1970 UTC: some moment
   * of the ten years from 2020 on, which says nothing about when it runs.
   */
  public long clockBaseNanos() {
    return TaskDerivation.clockBaseNanos(withoutBody().cid());
  }
}
