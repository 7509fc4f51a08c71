package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.HeaderRules;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.OriginRule;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Web pages of other origins that call functions and read data (Fetch standard, CORS protocol).
 *
 * <ul>
 *   <li>A page of a named origin is a caller like any other, with a token if it has one.
 *   <li>Where any page may call ({@code *}), a page that is not named is the public, whoever else
 *       may reach this listener: it shows no token, and gets what {@code public-calls} and {@code
 *       public-data} give.
 *   <li>No page reads the answers of {@code /v1}, and none sends cookies: {@code
 *       Access-Control-Allow-Credentials} is never said.
 *   <li>These headers are the platform's; what a function says of them stays behind.
 * </ul>
 *
 * <p>Where anything is configured every answer varies by {@code Origin}: a cache must not give a
 * page what was answered to somebody else, nor the other way round.
 */
public final class Pages {
  /** The word for pages of any origin. */
  public static final String ANY = "*";

  /** Further request headers that a preflight may ask for; more get no leave. */
  static final int MAX_ASKED_HEADERS = 32;

  /** How long a browser may keep the answer to a preflight, in seconds. */
  private static final String LEAVE_SECONDS = "600";

  /** What a page may send besides the headers that every page may. */
  private static final List<String> SENT =
      List.of(
          "Content-Type",
          "Cache-Control",
          "If-None-Match",
          "If-Range",
          "Prefer",
          "Range",
          Headers.DATA,
          Headers.TIMEOUT,
          Headers.MAX_FETCH,
          Headers.AVOID,
          Headers.NODE,
          Headers.MEMORY_HASH,
          Headers.IDEMPOTENCY_KEY);

  /** What a page may read; the star adds what functions say, and old browsers do not know it. */
  private static final String EXPOSED =
      String.join(
          ", ",
          Headers.EXECUTION,
          Headers.NODE,
          Headers.FUNCTION,
          Headers.DATA_BYTES,
          Headers.MEMO,
          Headers.TASK,
          Headers.RECEIPT,
          Headers.BYTES_FETCHED,
          Headers.BLOCKS_READ,
          Headers.ERROR,
          Headers.SERVER_TIMING,
          "Accept-Ranges",
          "Content-Range",
          "ETag",
          "Location",
          "Preference-Applied",
          "Retry-After",
          "*");

  private final OriginRule named;
  private final boolean any;
  private final boolean configured;

  /** From where a request comes. */
  enum Page {
    /** From no page, or from one of this listener's own. */
    OWN,
    /** From a page of an origin that is named. */
    NAMED,
    /** From any page, and any may call. */
    ANYBODYS,
    /** From a page that may not call. */
    FOREIGN;

    /** Whether whoever sent it is taken for who may use this gateway. */
    boolean isTrusted() {
      return this == OWN || this == NAMED;
    }
  }

  /**
   * What the operator configured.
   *
   * @param origins whose pages may do everything
   * @param callOrigins whose pages may call and read; {@link #ANY} for all
   * @throws IllegalArgumentException when one is no origin
   */
  public Pages(List<String> origins, List<String> callOrigins) {
    List<String> names = new ArrayList<>(origins);
    callOrigins.stream().filter(origin -> !origin.equals(ANY)).forEach(names::add);
    this.named = new OriginRule(names, "call-origins");
    this.any = callOrigins.contains(ANY);
    this.configured = any || !names.isEmpty();
  }

  /** From where this request comes. */
  Page of(HeaderLines headers) {
    List<String> origins = headers.values("Origin");
    try {
      named.check(headers);
      return origins.isEmpty() ? Page.OWN : Page.NAMED;
    } catch (LimpetException e) {
      return any && origins.size() <= 1 ? Page.ANYBODYS : Page.FOREIGN;
    }
  }

  /**
   * Whether a call comes from a page that is the public.
   *
   * @throws LimpetException {@code foreign-origin} when its page may not call, or not with a token
   */
  boolean callsAsPublic(HeaderLines headers) {
    switch (of(headers)) {
      case OWN, NAMED -> {
        return false;
      }
      case FOREIGN -> named.check(headers);
      case ANYBODYS -> {
        if (!headers.values("Authorization").isEmpty()) {
          throw new LimpetException(
              ErrorCode.FOREIGN_ORIGIN,
              "pages of any origin call without a token; name this one in call-origins");
        }
      }
    }
    return true;
  }

  /** Whether data is read by a page that is the public; such a page reads without a token. */
  boolean readsAsPublic(HeaderLines headers) {
    return of(headers) == Page.ANYBODYS;
  }

  /**
   * Whether a script of a foreign page reads data. What a page only shows, such as an image, it
   * cannot read, and a browser sends no {@code Origin} for it: sites in IPFS are made of that, and
   * here each page of them is of no origin at all.
   */
  boolean readsAsForeigner(HeaderLines headers) {
    return !headers.values("Origin").isEmpty() && of(headers) == Page.FOREIGN;
  }

  /**
   * Refuses a page that may not call, naming the setting.
   *
   * @throws LimpetException {@code foreign-origin}
   */
  void refuseForeigner(HeaderLines headers) {
    named.check(headers);
  }

  /** Whether any page of another origin may do anything. */
  boolean areConfigured() {
    return configured;
  }

  /** Lets the page of a request read the answer to come, if it may. */
  public void expose(HeaderLines request, MultiMap answer) {
    if (!configured) {
      return;
    }
    answer.add("Vary", "Origin");
    if (allow(request, answer)) {
      answer.set("Access-Control-Expose-Headers", EXPOSED);
    }
  }

  private boolean allow(HeaderLines request, MultiMap answer) {
    List<String> origins = request.values("Origin");
    Page page = of(request);
    boolean may = !origins.isEmpty() && (page == Page.NAMED || page == Page.ANYBODYS);
    if (may) {
      answer.set("Access-Control-Allow-Origin", page == Page.NAMED ? origins.getFirst() : ANY);
    }
    return may;
  }

  /** Answers a preflight: what the page may send. */
  void preflight(HeaderLines request, List<HttpMethod> methods, MultiMap answer) {
    if (!configured) {
      return;
    }
    answer.set("Vary", "Origin, Access-Control-Request-Headers");
    if (!allow(request, answer)) {
      return;
    }
    List<String> sent = new ArrayList<>(SENT);
    if (of(request) == Page.NAMED) {
      sent.add("Authorization");
    }
    sent.addAll(asked(request));
    answer.set("Access-Control-Allow-Headers", String.join(", ", sent));
    answer.set(
        "Access-Control-Allow-Methods",
        methods.stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
    answer.set("Access-Control-Max-Age", LEAVE_SECONDS);
  }

  /** The asked headers that a function might see; it sees those that its manifest lists. */
  private static List<String> asked(HeaderLines request) {
    List<String> names = new ArrayList<>();
    for (String line : request.values("Access-Control-Request-Headers")) {
      for (String part : line.split(",", MAX_ASKED_HEADERS + 1)) {
        String name = part.strip().toLowerCase(Locale.ROOT);
        boolean known = SENT.stream().anyMatch(name::equalsIgnoreCase);
        if (!known && HeaderRules.listable(name) && names.size() < MAX_ASKED_HEADERS) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
