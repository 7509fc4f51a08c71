package dev.limpet.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the raw request target of a request, as it stood in the request line, for gateway and node.
 *
 * <pre>{@code
 * /on/{cid}[/{path}]/-/{function}[/{rest}][?query]     a call on data
 * /fn/{function}[/{rest}][?query]                      a call
 * /ipfs/{cid}[/{path}][/]                              the data
 * }</pre>
 *
 * <p>The rules, which keep two readers of one URL from seeing two different things:
 *
 * <ul>
 *   <li>The path is split at {@code /} once, then each segment is percent-decoded once, strictly,
 *       to UTF-8. Nothing is normalised: an empty segment, {@code .}, {@code ..}, an encoded slash
 *       and NUL are {@code bad-path}.
 *   <li>Below {@code /ipfs} alone an encoded slash separates names as a plain one does, and dot
 *       segments beside it are resolved, as every gateway of IPFS has it. They never lead out of
 *       the CID: that is {@code bad-path}.
 *   <li>The words that choose who answers are written as they are: a {@code %} in the first
 *       segment, and a letter, digit or hyphen written as one anywhere in the path of a resource,
 *       is {@code bad-path}. {@code /%76%31} is not a second name of {@code /v1}, which a rule of a
 *       proxy before this server would not know (RFC 3986, section 6.2.2.2).
 *   <li>A slash at the end is an empty segment, so it is refused too; only {@code /ipfs/…/}, which
 *       then means a directory, {@code /ipns/…/} and {@code /api/v0/…/} may end with one.
 *   <li>The first segment after the CID that is exactly {@code -} ends the data. {@code %2D} is the
 *       same character (RFC 3986, section 6.2.2.2), so it ends the data as well. Data under a name
 *       {@code -} is called by its own CID or with {@code limpet-data}.
 *   <li>The query is what follows the first {@code ?}. Parameters that start with {@code limpet-}
 *       are ours; one that we do not know is {@code bad-query}.
 *   <li>A target starts with {@code /}: the absolute form of a proxy request is refused, because
 *       its host would escape the check of {@code Host}.
 * </ul>
 */
public final class Paths {
  /** Longest request target. Servers set their own limit on the request line a little above. */
  public static final int MAX_TARGET_CHARS = 8192;

  /** Segments of one path: the data's, the function's, and the fixed ones. */
  public static final int MAX_PATH_SEGMENTS = 2 * DataRef.MAX_SEGMENTS + 4;

  /** The query parameter that names an input. */
  public static final String DATA_PARAMETER = "limpet-data";

  /** Where clients of Kubo's RPC call its commands; some put a slash behind their names. */
  public static final String RPC = "/api/v0/";

  private static final String ARGUMENT = "arg";
  private static final String SEPARATOR = "-";

  /** {@code ipfs} and the CID. */
  private static final int BELOW_ROOT = 2;

  private Paths() {}

  /**
   * Reads a target.
   *
   * @throws LimpetException {@code target-too-long}, {@code bad-path}, {@code bad-cid}, {@code
   *     bad-name} or {@code bad-query}
   */
  public static RequestTarget parse(String rawTarget) {
    if (rawTarget.length() > MAX_TARGET_CHARS) {
      throw new LimpetException(
          ErrorCode.TARGET_TOO_LONG,
          "the request target has "
              + rawTarget.length()
              + " characters, at most "
              + MAX_TARGET_CHARS
              + " are read; send what is large as the body");
    }
    if (!rawTarget.startsWith("/")) {
      throw badPath("a request target starts with /");
    }
    int question = rawTarget.indexOf('?');
    String path = question < 0 ? rawTarget : rawTarget.substring(0, question);
    QueryParameters query =
        question < 0
            ? QueryParameters.NONE
            : QueryParameters.parse(rawTarget.substring(question + 1));
    boolean content = path.startsWith("/ipfs/");
    boolean mayEnd = content || path.startsWith("/ipns/") || path.startsWith(RPC);
    boolean slash = mayEnd && path.endsWith("/");
    boolean directory = content && slash;
    List<String> segments =
        segments(slash ? path.substring(1, path.length() - 1) : path.substring(1), content);
    if (segments.isEmpty()) {
      return new RequestTarget.Resource(segments, query);
    }
    return switch (segments.getFirst()) {
      case "on" -> onData(segments, query);
      case "fn" -> call(segments.subList(1, segments.size()), List.of(), query);
      case "ipfs" -> content(segments, directory, query);
      default -> resource(path, segments, query);
    };
  }

  private static RequestTarget resource(String path, List<String> segments, QueryParameters query) {
    if (PercentText.hidesWords(path)) {
      throw badPath("letters, digits and - in such a path are written as they are, without %");
    }
    return new RequestTarget.Resource(segments, query);
  }

  private static List<String> segments(String path, boolean content) {
    List<String> segments = new ArrayList<>();
    if (path.isEmpty()) {
      return segments;
    }
    for (String raw : path.split("/", -1)) {
      checkRoom(segments);
      if (segments.isEmpty() && raw.indexOf('%') >= 0) {
        throw badPath("the first segment of a path is written as it is, without %");
      }
      if (content && !segments.isEmpty()) {
        addNames(segments, raw);
      } else {
        segments.add(PercentText.decodeSegment(raw));
      }
    }
    return segments;
  }

  private static void checkRoom(List<String> segments) {
    if (segments.size() >= MAX_PATH_SEGMENTS) {
      throw badPath("a path has more than " + MAX_PATH_SEGMENTS + " segments");
    }
  }

  /** Adds what stands between two slashes of a path below {@code /ipfs}: mostly one name. */
  private static void addNames(List<String> segments, String raw) {
    String decoded = PercentText.decode(raw, false, ErrorCode.BAD_PATH);
    if (decoded.indexOf('/') < 0) {
      segments.add(PercentText.pathSegment(decoded));
      return;
    }
    for (String name : decoded.split("/", -1)) {
      boolean up = name.equals("..");
      if (!up && !name.equals(".")) {
        checkRoom(segments);
        segments.add(PercentText.pathSegment(name));
      } else if (segments.size() < (up ? BELOW_ROOT + 1 : BELOW_ROOT)) {
        throw badPath("a path leads out of the data that it names");
      } else if (up) {
        segments.removeLast();
      }
    }
  }

  private static RequestTarget onData(List<String> segments, QueryParameters query) {
    if (segments.size() < 2) {
      throw badPath("after /on comes a CID");
    }
    List<String> below = segments.subList(2, segments.size());
    int separator = below.indexOf(SEPARATOR);
    if (separator < 0) {
      throw badPath("a call on data is /on/CID[/PATH]/-/FUNCTION: the segment - is missing");
    }
    DataRef data = DataRef.of(segments.subList(1, 2 + separator));
    return call(below.subList(separator + 1, below.size()), List.of(data), query);
  }

  private static RequestTarget content(
      List<String> segments, boolean directory, QueryParameters query) {
    if (segments.size() < 2) {
      throw badPath("after /ipfs comes a CID");
    }
    return new RequestTarget.Content(
        DataRef.of(segments.subList(1, segments.size())), directory, query);
  }

  private static RequestTarget call(
      List<String> segments, List<DataRef> inPath, QueryParameters query) {
    if (segments.isEmpty()) {
      throw badPath("the function is missing");
    }
    List<DataRef> inputs = new ArrayList<>(inPath);
    List<String> raw = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (QueryParameters.Parameter parameter : query.all()) {
      if (parameter.isOurs()) {
        inputs.add(input(parameter));
        continue;
      }
      raw.add(parameter.raw());
      if (parameter.name().equals(ARGUMENT)) {
        arguments.add(parameter.value());
      } else {
        others.add(parameter.name());
      }
    }
    atMost("inputs", inputs, Invocation.MAX_INPUTS);
    atMost("arguments", arguments, Invocation.MAX_ARGUMENTS);
    return new RequestTarget.Call(
        FunctionRef.parse(segments.getFirst()),
        !inPath.isEmpty(),
        inputs,
        segments.subList(1, segments.size()),
        new RequestTarget.CallQuery(String.join("&", raw), arguments, others));
  }

  private static DataRef input(QueryParameters.Parameter parameter) {
    if (!parameter.name().equals(DATA_PARAMETER)) {
      throw new LimpetException(
          ErrorCode.BAD_QUERY,
          "the query parameter "
              + PercentText.shown(parameter.name())
              + " is unknown; of those that start with limpet- there is only "
              + DATA_PARAMETER);
    }
    return DataRef.parse(parameter.value());
  }

  private static void atMost(String what, List<?> list, int max) {
    if (list.size() > max) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "a call takes at most " + max + " " + what);
    }
  }

  private static LimpetException badPath(String detail) {
    return new LimpetException(ErrorCode.BAD_PATH, detail);
  }
}
