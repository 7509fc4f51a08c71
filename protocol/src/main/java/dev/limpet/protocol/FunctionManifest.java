package dev.limpet.protocol;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a function is. Its DAG-CBOR is a block, and the CID of that block names the function; so the
 * form below never changes within {@code v: 1}.
 *
 * <p>Keys and their types in DAG-CBOR (and in JSON, where a link is the text of its CID, and sizes
 * and times of {@code limits} may also be written {@code "64MiB"} and {@code "30s"}):
 *
 * <pre>{@code
 * v             1
 * module        link (v1, raw or dag-pb)            the only key besides v that must be there
 * script        link                                what a language runtime in the module runs
 * abi           "command" | "http" | "raw"          absent: command
 * profile       text, such as "pure-1"              absent: the profile of the build
 * limits        map of ManifestLimit keys to integers
 * grants        map of text to list of text         capability -> its scopes
 * args          list of text                        stand before the caller's arguments
 * env           map of text to text
 * headers       list of text                        request headers it sees; lower case, sorted
 * content-type  text                                of its answers
 * requires      map of text to text                 labels that a node must have
 * memo          boolean or "body"                   whether answers may be kept
 * allow-slow    boolean                             admit code that can only run slowly
 * }</pre>
 *
 * <p>Invariants: a key that the author did not write is absent, and so is an empty map or list; a
 * default is never written for him, because it may differ between profiles. A value that he wrote
 * stays, also when it equals a default. So equal manifests have equal CIDs, and reading and writing
 * a block gives the same bytes; a block for which that does not hold is refused.
 *
 * @param module CID of the module
 * @param script CID of a script, or null
 * @param abi how it is called, or null: {@link Abi#COMMAND}
 * @param profile the profile that it is written for, or null: that of the build
 * @param limits what differs from the constants of the profile
 * @param grants capabilities with their scopes
 * @param args arguments that come before the caller's
 * @param env environment
 * @param headers names of request headers that it sees
 * @param contentType Content-Type of its answers, or null
 * @param requires labels that a node must have
 * @param memo whether answers may be kept, or null
 * @param allowSlow whether code that can only run slowly is admitted, or null
 */
public record FunctionManifest(
    Cid module,
    @Nullable Cid script,
    @Nullable Abi abi,
    @Nullable String profile,
    Map<ManifestLimit, Long> limits,
    Map<String, List<String>> grants,
    List<String> args,
    Map<String, String> env,
    List<String> headers,
    @Nullable String contentType,
    Map<String, String> requires,
    @Nullable ManifestMemo memo,
    @Nullable Boolean allowSlow) {

  /** The version of the form. */
  public static final int VERSION = 1;

  /** The profile of this build; a manifest without {@code profile} means it. */
  public static final String PROFILE = "pure-1";

  /**
   * Earlier profiles that this build runs: they ask for no more. {@code pure-0} had the same limits
   * and promised nothing about NaNs.
   */
  private static final Set<String> EARLIER_PROFILES = Set.of("pure-0");

  /** Largest block: it travels in a header of every invocation. */
  public static final int MAX_MANIFEST_BYTES = 8 << 10;

  /** Largest JSON: a block's worth with comments of white space. */
  public static final int MAX_MANIFEST_JSON_BYTES = 64 << 10;

  /** Checks every value; throws {@link IllegalArgumentException} that names the key. */
  public FunctionManifest {
    ManifestRules.module(module);
    if (script != null) {
      ManifestRules.script(script, abi);
    }
    if (profile != null) {
      ManifestRules.profile(profile);
    }
    limits = ManifestRules.limits(limits);
    grants = ManifestRules.grants(grants);
    args = ManifestRules.texts("args", args);
    env = ManifestRules.env(env);
    headers = ManifestRules.headers(headers);
    if (contentType != null) {
      ManifestRules.contentType(contentType);
    }
    requires = ManifestRules.requires(requires);
  }

  /**
   * The default manifest of a bare module: {@code {v: 1, module}}, and {@code abi} when it is not
   * {@code command}.
   */
  public static FunctionManifest ofModule(Cid module, Abi abi) {
    return new FunctionManifest(
        module.toV1(),
        null,
        abi == Abi.COMMAND ? null : abi,
        null,
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        List.of(),
        null,
        Map.of(),
        null,
        null);
  }

  /** The default manifest of a script: an {@code http} function of its runtime. */
  public static FunctionManifest ofScript(Cid runtime, Cid script) {
    return ofScript(runtime, script, Map.of(), List.of());
  }

  /** The same for a runtime that needs other limits, and whose program begins with arguments. */
  public static FunctionManifest ofScript(
      Cid runtime, Cid script, Map<ManifestLimit, Long> limits, List<String> arguments) {
    return new FunctionManifest(
        runtime.toV1(),
        script.toV1(),
        Abi.HTTP,
        null,
        limits,
        Map.of(),
        arguments,
        Map.of(),
        List.of(),
        null,
        Map.of(),
        null,
        null);
  }

  /**
   * Reads {@code limpet.json} in which {@code module} and {@code script} are CIDs.
   *
   * @throws LimpetException {@code bad-manifest} that names the key
   */
  public static FunctionManifest fromJson(byte[] json) {
    return fromJson(json, UnaryOperator.identity());
  }

  /**
   * Reads {@code limpet.json} in which {@code module} and {@code script} may be something else,
   * such as file names.
   *
   * @param cids the text of a CID for what stands there
   * @throws LimpetException {@code bad-manifest} that names the key
   */
  public static FunctionManifest fromJson(byte[] json, UnaryOperator<String> cids) {
    return ManifestReader.fromJson(json, cids);
  }

  /**
   * Reads a block of DAG-CBOR.
   *
   * @throws LimpetException {@code bad-manifest}, also when the same manifest has another,
   *     canonical form
   */
  public static FunctionManifest fromBlock(byte[] block) {
    return ManifestReader.fromBlock(block);
  }

  /** The same with other limits: another function, unless they are equal. */
  public FunctionManifest withLimits(Map<ManifestLimit, Long> others) {
    return new FunctionManifest(
        module,
        script,
        abi,
        profile,
        others,
        grants,
        args,
        env,
        headers,
        contentType,
        requires,
        memo,
        allowSlow);
  }

  /** The same with other variables: another function, unless they are equal. */
  public FunctionManifest withEnv(Map<String, String> others) {
    return new FunctionManifest(
        module,
        script,
        abi,
        profile,
        limits,
        grants,
        args,
        others,
        headers,
        contentType,
        requires,
        memo,
        allowSlow);
  }

  /** The roots of what it needs besides itself: its module, and its script if it has one. */
  public List<Cid> parts() {
    return script == null ? List.of(module) : List.of(module, script);
  }

  /** Whether answers may be kept; the default where the manifest does not say. */
  public ManifestMemo effectiveMemo() {
    return memo == null ? ManifestMemo.WITHOUT_BODY : memo;
  }

  /** The DAG-CBOR that its CID is made of. */
  public byte[] encode() {
    return DagCbor.encode(ManifestReader.toIpld(this));
  }

  /** The CID of the function. */
  public Cid cid() {
    return Cid.of(Multicodec.DAG_CBOR, encode());
  }

  /** The block of the function. */
  public Block toBlock() {
    return Block.of(Multicodec.DAG_CBOR, encode());
  }

  /** The JSON form, with sizes and times as numbers; read back equal. */
  public byte[] toJson() {
    return JsonTree.write(ManifestReader.toIpld(this));
  }

  /** How it is called, with the default. */
  public Abi effectiveAbi() {
    return abi == null ? Abi.COMMAND : abi;
  }

  /** The profile that it runs under, with the default. */
  public String effectiveProfile() {
    return profile == null ? PROFILE : profile;
  }

  /** A limit that the manifest sets; empty: the constant of the profile. */
  public OptionalLong limit(ManifestLimit limit) {
    Long value = limits.get(limit);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * Whether equal Tasks of this function give equal bytes. Every manifest that this build runs is
   * pure: what would make it otherwise are its grants.
   */
  public boolean pure() {
    return grants.isEmpty();
  }

  /**
   * What this manifest asks for and this build does not have, each as a sentence; such a function
   * is well-formed and is answered {@code not-supported}.
   */
  public List<String> unsupported() {
    List<String> sentences = new ArrayList<>();
    if (!effectiveProfile().equals(PROFILE) && !EARLIER_PROFILES.contains(effectiveProfile())) {
      sentences.add("the profile " + profile + " is not one of this build: leave it out");
    }
    if (!grants.isEmpty()) {
      sentences.add("grants are not supported yet: " + String.join(", ", grants.keySet()));
    }
    limits.forEach(
        (limit, value) -> {
          if (value > limit.supported()) {
            sentences.add(limit.unsupported(value));
          }
        });
    return sentences;
  }

  /** An immutable copy in the order of the enum. */
  static Map<ManifestLimit, Long> ordered(Map<ManifestLimit, Long> limits) {
    EnumMap<ManifestLimit, Long> copy = new EnumMap<>(ManifestLimit.class);
    copy.putAll(limits);
    return Collections.unmodifiableMap(copy);
  }

  /** An immutable copy sorted by key. */
  static <T> Map<String, T> sorted(Map<String, T> map) {
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }

  /** An immutable copy, sorted. */
  static List<String> sorted(List<String> names) {
    return List.copyOf(new TreeSet<>(names));
  }
}
