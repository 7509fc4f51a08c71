package dev.limpet.protocol.access;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configured tokens of a server and what they open.
 *
 * <ul>
 *   <li>The management token opens everything; the one for calls opens calls; the one for joining
 *       opens joining and nothing else.
 *   <li>Without a management token and without one for calls, nobody needs one: the listener is on
 *       loopback ({@link BindRule} sees to that) and the machine's own user may do everything. Only
 *       joining still needs its token where one is configured.
 *   <li>As soon as one of the two is configured, a request without a token opens nothing. What
 *       anonymous callers may do nevertheless ({@code public-calls}, {@code public-data}) is
 *       decided by the server.
 *   <li>A token that is not one of these opens nothing, also where none is needed and others are
 *       configured: a caller with a wrong token must notice.
 * </ul>
 */
public final class Tokens {
  private final @Nullable Token management;
  private final @Nullable Token calls;
  private final @Nullable Token join;
  private final Set<Access> anonymous;

  /** Each may be null: not configured. */
  public Tokens(@Nullable String management, @Nullable String calls, @Nullable String join) {
    this.management = management == null ? null : new Token(management);
    this.calls = calls == null ? null : new Token(calls);
    this.join = join == null ? null : new Token(join);
    this.anonymous = anonymous();
  }

  /** No token is configured. */
  public static Tokens none() {
    return new Tokens(null, null, null);
  }

  /** Whether management needs a token, so that others than this machine's user may reach it. */
  public boolean guardsManagement() {
    return management != null;
  }

  /** Whether a request without a token may do everything. */
  public boolean open() {
    return management == null && calls == null;
  }

  /** What a request opens. */
  public Set<Access> granted(HeaderLines headers) {
    boolean silent = headers.values("Authorization").isEmpty();
    boolean noneConfigured = open() && join == null;
    return silent || noneConfigured
        ? anonymous
        : Token.presented(headers).map(this::granted).orElse(Set.of());
  }

  private Set<Access> anonymous() {
    if (!open()) {
      return Set.of();
    }
    return Set.copyOf(
        join == null ? EnumSet.allOf(Access.class) : EnumSet.of(Access.CALL, Access.MANAGE));
  }

  /** Compares with all three whatever the first says, so that time tells nothing. */
  private Set<Access> granted(String presented) {
    EnumSet<Access> granted = EnumSet.noneOf(Access.class);
    if (calls != null && calls.matches(presented)) {
      granted.add(Access.CALL);
    }
    if (join != null && join.matches(presented)) {
      granted.add(Access.JOIN);
    }
    if (management != null && management.matches(presented)) {
      granted.addAll(EnumSet.allOf(Access.class));
    }
    return granted;
  }

  /**
   * Who makes a request, as far as tokens tell, for records: {@code owner} where none is needed and
   * none was shown, {@code management}, {@code calls} or {@code join} for the kind that was shown,
   * {@code public} without one, {@code unknown} with a wrong one. Never the token.
   */
  public String holder(HeaderLines headers) {
    Set<Access> granted = granted(headers);
    if (headers.values("Authorization").isEmpty()) {
      return granted.contains(Access.MANAGE) ? "owner" : "public";
    }
    if (granted.isEmpty()) {
      return "unknown";
    }
    if (granted.contains(Access.MANAGE)) {
      return open() ? "owner" : "management";
    }
    return granted.contains(Access.CALL) ? "calls" : "join";
  }

  /**
   * Refuses a request that may not do this.
   *
   * @throws LimpetException {@code unauthorized} without a valid token, {@code forbidden} with one
   *     of another kind
   */
  public void require(Access needed, HeaderLines headers) {
    Set<Access> granted = granted(headers);
    if (granted.contains(needed)) {
      return;
    }
    boolean known = !granted.isEmpty() && !headers.values("Authorization").isEmpty();
    if (known) {
      throw new LimpetException(
          ErrorCode.FORBIDDEN, "this token is not for " + purpose(needed) + "; use another one");
    }
    throw new LimpetException(
        ErrorCode.UNAUTHORIZED,
        "a token for " + purpose(needed) + " is needed, as Authorization: Bearer TOKEN");
  }

  private static String purpose(Access access) {
    return switch (access) {
      case CALL -> "calls";
      case MANAGE -> "management";
      case JOIN -> "joining";
    };
  }

  /** Which are configured, not what they are. */
  @Override
  public String toString() {
    return "Tokens" + List.of(management != null, calls != null, join != null);
  }
}
