package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.access.Access;
import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Ticket;
import dev.limpet.protocol.access.Token;
import dev.limpet.protocol.access.Tokens;
import java.util.List;
import java.util.Optional;

/** Decides in one place who may do what on this node. */
public final class Guard {
  private static final String DATA = "/ipfs/";

  private final HostRule hosts;
  private final OriginRule origins;
  private final Tokens tokens;
  private final boolean publicData;
  private final String linkToken;
  private final Token link;

  /**
   * What the rules are made of.
   *
   * @param hosts names that are answered for, besides loopback
   * @param origins pages that are trusted
   * @param tokens of the owner and of callers
   * @param publicData whether everybody may read data
   * @param linkToken what the gateway presents, new for each process
   */
  public record Rules(
      List<String> hosts,
      List<String> origins,
      Tokens tokens,
      boolean publicData,
      String linkToken) {
    /** Says nothing about the tokens. */
    @Override
    public String toString() {
      return "Rules[hosts=" + hosts + ", origins=" + origins + "]";
    }
  }

  /** A guard with these rules. */
  public Guard(Rules rules) {
    hosts = new HostRule(rules.hosts());
    origins = new OriginRule(rules.origins());
    tokens = rules.tokens();
    publicData = rules.publicData();
    linkToken = rules.linkToken();
    link = new Token(linkToken);
  }

  /** Refuses a request that is for another host. */
  void checkHost(HeaderLines headers) {
    hosts.check(headers);
  }

  /**
   * Who makes a request, for records: the kind of the token, never the token. A page of another
   * origin is the public also where the machine's own user needs no token, by the same rules that
   * give it no more rights.
   */
  String who(String path, HeaderLines headers) {
    if (isGateway(headers)) {
      return "gateway";
    }
    boolean open = tokens.open() && tokens.granted(headers).contains(Access.CALL);
    return open && !isOwner(path, headers) ? "public" : tokens.holder(headers);
  }

  /** Whether who needs no token is who asks, and not a page in that person's browser. */
  private boolean isOwner(String path, HeaderLines headers) {
    return path.startsWith(DATA) ? !readsAsForeigner(headers) : origins.mayView(headers);
  }

  /**
   * Whether a script of a foreign page reads data. What a page only shows, such as an image, it
   * cannot read, and a browser sends no {@code Origin} for it: sites in IPFS are made of that, and
   * here each page of them is of no origin at all.
   */
  private boolean readsAsForeigner(HeaderLines headers) {
    return !headers.values("Origin").isEmpty() && !origins.mayView(headers);
  }

  /**
   * Refuses a request that a foreign page caused. That it wants the script of a service worker is
   * its own mistake where data is read (path gateway specification, section 2.1.10).
   */
  void checkOrigin(String method, RequestTarget target, HeaderLines headers) {
    boolean data = target instanceof RequestTarget.Content;
    if (data && !headers.values("Service-Worker").isEmpty()) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER,
          "navigator.serviceWorker: registration is not allowed for this scope");
    }
    if (method.equals("GET") || method.equals("HEAD") || (data && method.equals("OPTIONS"))) {
      OriginRule.refuseServiceWorker(headers);
    } else {
      origins.check(headers);
    }
  }

  /**
   * Refuses a caller that may not use the resource.
   *
   * @return whether it is the gateway, where that makes a difference
   */
  boolean check(Resource.Need need, RequestTarget target, HeaderLines headers) {
    switch (need) {
      case NOTHING -> {}
      case MANAGE -> manage(headers);
      case INSPECT -> {
        if (!isGateway(headers)) {
          manage(headers);
        }
      }
      case LINK -> {
        origins.check(headers);
        boolean gateway = isGateway(headers);
        if (!gateway && !isOwnerOfOpenNode(headers)) {
          throw onlyGateway(headers);
        }
        return gateway;
      }
      case READ -> {
        if (!publicData && !isGateway(headers) && !hasTicket(target, headers)) {
          if (tokens.open() && readsAsForeigner(headers)) {
            origins.check(headers);
          }
          tokens.require(Access.CALL, headers);
        }
      }
    }
    return false;
  }

  /** Where the machine's own user needs no token, a page in that person's browser is not it. */
  private void manage(HeaderLines headers) {
    if (tokens.open()) {
      origins.checkView(headers);
    }
    tokens.require(Access.MANAGE, headers);
  }

  private boolean isGateway(HeaderLines headers) {
    return Token.presented(headers).filter(link::matches).isPresent();
  }

  private boolean isOwnerOfOpenNode(HeaderLines headers) {
    return tokens.open() && tokens.granted(headers).contains(Access.MANAGE);
  }

  private LimpetException onlyGateway(HeaderLines headers) {
    boolean known =
        !headers.values("Authorization").isEmpty() && !tokens.granted(headers).isEmpty();
    return new LimpetException(
        known ? ErrorCode.FORBIDDEN : ErrorCode.UNAUTHORIZED,
        "only the gateway that this node has joined may do that; ask the gateway");
  }

  private boolean hasTicket(RequestTarget target, HeaderLines headers) {
    List<String> tickets = headers.values(Headers.TICKET);
    return target instanceof RequestTarget.Content content
        && tickets.size() == 1
        && Optional.of(tickets.getFirst())
            .filter(ticket -> Ticket.verify(linkToken, content.data().root(), ticket))
            .isPresent();
  }
}
