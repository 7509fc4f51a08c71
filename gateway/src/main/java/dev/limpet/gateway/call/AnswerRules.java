package dev.limpet.gateway.call;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.memo.KnownHeads;
import dev.limpet.gateway.memo.MemoKey;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.access.SecurityHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/** What the gateway says about an answer of a function or about data: caching, trust, origins. */
final class AnswerRules {
  /** What is named by CIDs alone never changes; a day bounds for how long a mistake is kept. */
  private static final String BY_CID = ", max-age=86400";

  private static final List<String> SCOPES = List.of("public,", "private,");

  private static final String NO_STORE = "no-store";

  private static final String OF_HTTP = Headers.DATA + ", Content-Type";

  private static final CharSequence CACHING = KnownNames.of("Cache-Control");
  private static final CharSequence VARY = KnownNames.of("Vary");
  private static final CharSequence ERROR = KnownNames.of(Headers.ERROR);
  private static final Map<CharSequence, String> API = KnownNames.in(SecurityHeaders.api());

  private final CallPolicy policy;
  private final Map<CharSequence, String> content;

  AnswerRules(CallPolicy policy) {
    this.policy = policy;
    this.content = KnownNames.in(SecurityHeaders.content(policy.ownContentHost()));
  }

  /**
   * Completes the answer of a function, whose lines of the node stand in {@code out} already. What
   * it says follows from the answer, its {@link MemoKey}, and whether a credential was needed; on
   * that {@link KnownHeads} relies.
   */
  void call(AskedCall asked, StoredFunction function, int status, MultiMap out) {
    if (isProblem(out)) {
      problem(out);
    } else {
      content.forEach(out::set);
      String caching = caching(asked, function, status, out);
      out.set(CACHING, caching);
      // Without it a cache would give this to who names data in a header.
      if (asked.dataInHeader() || !caching.equals(NO_STORE)) {
        vary(out, seesType(function) ? OF_HTTP : Headers.DATA);
      }
    }
  }

  /** Says to a caller of the other kind who may keep an answer that is complete. */
  void recall(AskedCall asked, StoredFunction function, int status, MultiMap out) {
    out.set(CACHING, caching(asked, function, status, out));
  }

  /** All in one line: there are caches that read no second one. */
  private static void vary(MultiMap out, String by) {
    List<String> said = out.getAll(VARY);
    out.set(VARY, said.isEmpty() ? by : String.join(", ", said) + ", " + by);
  }

  /** Whether the function may answer as the request's Content-Type says, which a GET may have. */
  private static boolean seesType(StoredFunction function) {
    return function.manifest().effectiveAbi() == Abi.HTTP;
  }

  private static boolean isOfType(AskedCall asked, StoredFunction function) {
    return seesType(function) && asked.joined("Content-Type") != null;
  }

  private String caching(AskedCall asked, StoredFunction function, int status, MultiMap out) {
    boolean may = status / 100 == 2 || status == 304;
    if (!may
        || !asked.isRead()
        || asked.memo() == MemoWish.NO_STORE
        || !function.manifest().pure()
        || out.contains(HttpHeaders.SET_COOKIE)) {
      return NO_STORE;
    }
    boolean byHeader = asked.dataInHeader() || isOfType(asked, function);
    boolean shared = asked.caller().needsNoCredential() && !byHeader;
    String scope = shared ? "public" : "private";
    if (asked.target().function() instanceof FunctionRef.ByName) {
      return scope + ", no-cache";
    }
    return scope + BY_CID + (policy.immutable() ? ", immutable" : "");
  }

  /** Completes an answer of {@code /ipfs}. */
  void data(Caller caller, MultiMap out) {
    if (isProblem(out)) {
      problem(out);
    } else {
      content.forEach(out::set);
      String said = out.get("Cache-Control");
      if (NO_STORE.equals(said)) {
        return;
      }
      String scope = caller.needsNoCredential() ? "public" : "private";
      out.set("Cache-Control", scope + ", " + (said == null ? "no-cache" : withoutScope(said)));
    }
  }

  /**
   * A node answers privately, because the gateway shows it a token; the caller may not need one.
   */
  private static String withoutScope(String cacheControl) {
    String bare = cacheControl.strip();
    for (String scope : SCOPES) {
      if (bare.startsWith(scope)) {
        bare = bare.substring(scope.length()).strip();
      }
    }
    return bare.isEmpty() ? "no-cache" : bare;
  }

  private static boolean isProblem(MultiMap out) {
    return out.contains(ERROR);
  }

  private static void problem(MultiMap out) {
    API.forEach(out::set);
    out.remove("ETag");
  }
}
