package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of the gateway to a node to run a function; travels in {@code Limpet-Invocation}, so
 * that the request's body is the caller's body and can be streamed.
 *
 * @param execution the id of this attempt
 * @param function CID of the manifest
 * @param module CID of the module, as the manifest says
 * @param manifest the manifest's block
 * @param method the caller's method; GET also for HEAD
 * @param head whether the caller asked with HEAD and gets no body
 * @param path what follows the function in the path, with a leading slash, or empty
 * @param query the raw query without {@code limpet-…} parameters, without the question mark
 * @param arguments the values of {@code arg=}, decoded
 * @param inputs the data, {@code /data} first
 * @param headers the request headers that the manifest lists, names in lower case
 * @param contentType the caller's Content-Type
 * @param timeoutMs wall time that is left for this call
 * @param maxFetchBytes how much data may come from elsewhere for it
 * @param ifNoneMatch the caller's If-None-Match
 * @param sources where to fetch inputs that the node does not hold; empty: do not fetch
 * @param bodyLength bytes of the body, 0 without one, -1 when unknown
 * @param logAllowed whether a problem may show the end of the function's log
 * @param memo what the caller wants of the memo; null: a kept answer is welcome
 * @param memoryHash true: the receipt is to have the hash of the function's memory at its end, so
 *     that no kept answer will do; else null
 */
@Json
public record Invocation(
    ExecutionId execution,
    Cid function,
    Cid module,
    ByteString manifest,
    String method,
    boolean head,
    String path,
    String query,
    List<String> arguments,
    List<Input> inputs,
    Map<String, String> headers,
    @Nullable String contentType,
    long timeoutMs,
    long maxFetchBytes,
    @Nullable String ifNoneMatch,
    List<Source> sources,
    long bodyLength,
    boolean logAllowed,
    @Nullable MemoWish memo,
    @Nullable Boolean memoryHash) {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** Longest value of the header: Helidon and Vert.x hold the headers of a request in memory. */
  public static final int MAX_HEADER_CHARS = 32 << 10;

  /** Inputs of one call. */
  public static final int MAX_INPUTS = 16;

  /** Values of {@code arg=} of one call. */
  public static final int MAX_ARGUMENTS = 256;

  /** Request headers that a manifest may list. */
  public static final int MAX_LISTED_HEADERS = 16;

  /** Peers that may be asked for the data of one call. */
  public static final int MAX_SOURCES = 16;

  /**
   * Data for a call.
   *
   * @param root the CID that the caller named
   * @param path names below it, decoded
   * @param mount where the guest sees it: {@code /data}, {@code /data1}, …
   */
  @Json
  public record Input(Cid root, List<String> path, String mount) {
    /** Checks the parts. */
    public Input {
      DataRef ref = new DataRef(root, path);
      path = ref.path();
      if (!Wire.present("mount", mount).startsWith("/")) {
        throw new IllegalArgumentException("mount must start with /");
      }
    }

    /** Root and path together. */
    public DataRef ref() {
      return new DataRef(root, path);
    }
  }

  /**
   * A peer that holds an input.
   *
   * @param input index into {@link Invocation#inputs}
   * @param url base URL of the peer
   * @param ticket what to show it, see {@code Limpet-Ticket}
   */
  @Json
  public record Source(int input, URI url, String ticket) {
    /** Checks the parts. */
    public Source {
      Wire.atLeast("input", input, 0);
      Wire.baseUrl("url", url);
      Wire.text("ticket", ticket, NodeJoin.MAX_TOKEN_CHARS);
    }

    /** Without the ticket. */
    @Override
    public String toString() {
      return "Source[input=" + input + ", url=" + url + "]";
    }
  }

  /** Checks the parts. */
  public Invocation {
    Wire.present("execution", execution);
    Wire.present("function", function);
    Wire.present("module", module);
    Wire.present("manifest", manifest);
    Wire.text("method", method, Headers.MAX_METHOD_CHARS);
    path = path == null ? "" : path;
    query = query == null ? "" : query;
    arguments = Wire.list("arguments", arguments, MAX_ARGUMENTS);
    inputs = Wire.list("inputs", inputs, MAX_INPUTS);
    headers = Wire.map("headers", headers, MAX_LISTED_HEADERS);
    Wire.optionalText("contentType", contentType);
    Wire.atLeast("timeoutMs", timeoutMs, 1);
    Wire.atLeast("maxFetchBytes", maxFetchBytes, 0);
    Wire.optionalText("ifNoneMatch", ifNoneMatch);
    sources = Wire.list("sources", sources, MAX_SOURCES);
    for (Source source : sources) {
      if (source.input() >= inputs.size()) {
        throw new IllegalArgumentException("a source is for input " + source.input());
      }
    }
    Wire.atLeast("bodyLength", bodyLength, -1);
    // what most say need not travel
    memoryHash = Boolean.TRUE.equals(memoryHash) ? Boolean.TRUE : null;
    MemoWish least = memoryHash == null ? null : MemoWish.NO_CACHE;
    memo = memo == null || memo == MemoWish.USE ? least : memo;
  }

  /** Whether the receipt is to have the hash of the function's memory at its end. */
  public boolean asksForMemoryHash() {
    return memoryHash != null;
  }

  /** What the caller wants of the memo. */
  public MemoWish memoWish() {
    return memo == null ? MemoWish.USE : memo;
  }

  /**
   * The value of {@code Limpet-Invocation}.
   *
   * @throws LimpetException {@code headers-too-large} when it would be longer than {@link
   *     #MAX_HEADER_CHARS}
   */
  public String toHeader() {
    String header =
        BASE64URL.encodeToString(
            dev.limpet.protocol.Json.writeWithoutEmpty(Invocation.class, this));
    if (header.length() > MAX_HEADER_CHARS) {
      throw new LimpetException(
          ErrorCode.HEADERS_TOO_LARGE,
          "path, arguments and listed headers of this call are too long together;"
              + " send what is large as the body");
    }
    return header;
  }

  /**
   * Reads the value of {@code Limpet-Invocation}.
   *
   * @throws LimpetException {@code headers-too-large}, {@code bad-header} or {@code bad-json}
   */
  public static Invocation fromHeader(String header) {
    if (header.length() > MAX_HEADER_CHARS) {
      throw new LimpetException(
          ErrorCode.HEADERS_TOO_LARGE,
          Headers.INVOCATION + " has more than " + MAX_HEADER_CHARS + " characters");
    }
    byte[] json;
    try {
      json = ByteString.parse(header).toBytes();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, Headers.INVOCATION + ": " + e.getMessage(), e);
    }
    return dev.limpet.protocol.Json.read(Invocation.class, json, MAX_HEADER_CHARS);
  }
}
