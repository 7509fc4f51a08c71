package dev.limpet.gateway.http;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.Access;
import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Token;
import dev.limpet.protocol.access.Tokens;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may do what, in one place. Every check throws what the caller gets as an answer. */
public final class Door {
  private static final List<String> CALLS = List.of("/on/", "/fn/");
  private static final List<String> DATA = List.of("/ipfs/", "/routing/");

  private final Rules rules;
  private final NodeRegistry registry;

  /**
   * What the operator configured.
   *
   * @param hosts for which {@code Host} there are answers at all
   * @param origins whose pages may cause changes
   * @param pages whose pages may cause calls and read answers
   * @param tokens what opens what
   * @param publicCalls whether anybody may call deployed names on data that is held
   * @param publicData whether anybody may read data
   */
  public record Rules(
      HostRule hosts,
      OriginRule origins,
      Pages pages,
      Tokens tokens,
      boolean publicCalls,
      boolean publicData) {}

  public Door(Rules rules, NodeRegistry registry) {
    this.rules = rules;
    this.registry = registry;
  }

  /** For every request: the right host, and no service worker. */
  public void enter(HeaderLines headers) {
    rules.hosts.check(headers);
    OriginRule.refuseServiceWorker(headers);
  }

  /**
   * Who makes a request, for records: the kind of the token, never the token. A page of another
   * origin is the public also where the machine's own user needs no token, by the same rules that
   * give it no more rights.
   *
   * @param target as the request says it; null for none
   */
  String who(HeaderLines headers, @Nullable String target) {
    KnownNode node = knownNode(headers);
    if (node != null) {
      return "node " + node.name();
    }
    return callsWithoutToken(headers) && !isOwner(headers, target == null ? "" : target)
        ? Caller.PUBLIC.text()
        : rules.tokens.holder(headers);
  }

  /** Whether who needs no token is who asks, and not a page in that person's browser. */
  private boolean isOwner(HeaderLines headers, String target) {
    if (CALLS.stream().anyMatch(target::startsWith)) {
      return rules.pages.of(headers).isTrusted();
    }
    if (DATA.stream().anyMatch(target::startsWith)) {
      return !rules.pages.readsAsPublic(headers) && !rules.pages.readsAsForeigner(headers);
    }
    return rules.origins.mayView(headers);
  }

  /** For what changes the gateway. */
  public void change(HeaderLines headers) {
    rules.origins.check(headers);
    rules.tokens.require(Access.MANAGE, headers);
  }

  /** For what shows how the gateway is set up. */
  public void inspect(HeaderLines headers) {
    view(headers);
    rules.tokens.require(Access.MANAGE, headers);
  }

  /** Where the machine's own user needs no token, a page in that person's browser is not it. */
  private void view(HeaderLines headers) {
    if (rules.tokens.open()) {
      rules.origins.checkView(headers);
    }
  }

  /** For what a caller may know of its own calls. */
  public void ask(HeaderLines headers) {
    view(headers);
    boolean _ = manages(headers);
  }

  /** Whether it may manage; who may not must be one who may call. */
  private boolean manages(HeaderLines headers) {
    boolean manages = rules.tokens.granted(headers).contains(Access.MANAGE);
    if (!manages) {
      rules.tokens.require(Access.CALL, headers);
    }
    return manages;
  }

  /** For a node that wants to come in. */
  void join(HeaderLines headers) {
    rules.origins.check(headers);
    rules.tokens.require(Access.JOIN, headers);
  }

  /** The node that shows the token of its session. */
  public KnownNode node(HeaderLines headers) {
    KnownNode node = knownNode(headers);
    if (node == null) {
      throw new LimpetException(
          ErrorCode.UNKNOWN_SESSION, "this is not the token of a session here; join again");
    }
    return node;
  }

  /** The token that a node shows. */
  static String nodeToken(HeaderLines headers) {
    return Token.presented(headers)
        .orElseThrow(
            () ->
                new LimpetException(
                    ErrorCode.UNAUTHORIZED, "a node shows the token that it got when it joined"));
  }

  private @Nullable KnownNode knownNode(HeaderLines headers) {
    Optional<String> presented = Token.presented(headers);
    return presented.isEmpty() ? null : registry.byToken(presented.get());
  }

  /** For what a node may fetch and a manager may see. */
  public void fetchAsNode(HeaderLines headers) {
    KnownNode node = knownNode(headers);
    if (node == null || !node.isMember()) {
      inspect(headers);
    }
  }

  /** For calls of functions. */
  public Caller call(HeaderLines headers) {
    return caller(headers, rules.publicCalls, rules.pages.callsAsPublic(headers));
  }

  /** For ending a call of one's own, which is part of the management API. */
  public Caller cancel(HeaderLines headers) {
    rules.origins.check(headers);
    return caller(headers, rules.publicCalls, false);
  }

  /** For reading data. */
  public Caller read(HeaderLines headers) {
    boolean foreign = rules.tokens.open() && rules.pages.readsAsForeigner(headers);
    if (foreign && !rules.publicData) {
      rules.pages.refuseForeigner(headers);
    }
    return caller(headers, rules.publicData, foreign || rules.pages.readsAsPublic(headers));
  }

  private Caller caller(HeaderLines headers, boolean isPublic, boolean onlyAsPublic) {
    if (onlyAsPublic && !isPublic) {
      throw new LimpetException(
          ErrorCode.UNAUTHORIZED, "this is not open to the public, and so not to pages of others");
    }
    if (!onlyAsPublic && callsWithoutToken(headers)) {
      return Caller.OWNER;
    }
    if (onlyAsPublic || (isPublic && headers.values("Authorization").isEmpty())) {
      return Caller.PUBLIC;
    }
    return manages(headers) ? Caller.MANAGEMENT : Caller.CALLS;
  }

  /** Whether no token is needed for calls, and this request does not show a wrong one. */
  private boolean callsWithoutToken(HeaderLines headers) {
    return rules.tokens.open() && rules.tokens.granted(headers).contains(Access.CALL);
  }

  /** Whether answers at a target may be for pages of other origins; the API's never are. */
  static boolean isForPages(String target) {
    return CALLS.stream().anyMatch(target::startsWith)
        || DATA.stream().anyMatch(target::startsWith);
  }

  /** Which pages may read answers. */
  public Pages pages() {
    return rules.pages;
  }
}
