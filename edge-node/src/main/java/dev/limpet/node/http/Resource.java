package dev.limpet.node.http;

import dev.limpet.protocol.Problem;
import dev.limpet.protocol.RequestTarget;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One resource of the node. The {@link Router} has checked who asks before {@link #handle} is
 * called, and turns what it throws into a problem document, or cuts the answer when that has begun.
 */
public interface Resource {
  /** Whether this resource answers for a target. */
  boolean serves(RequestTarget target);

  /** Who may use it. */
  Need need();

  /**
   * The name under which a request is recorded.
   *
   * @return such as {@code pin}; null when it changes nothing that people manage
   */
  default @Nullable String action(String method, RequestTarget target) {
    return null;
  }

  /**
   * Answers a request.
   *
   * @throws IOException when the caller has gone, or its body does not come
   */
  void handle(Exchange exchange) throws IOException;

  /**
   * Whether what is refused at this path is told in a form of this resource's own.
   *
   * @param path raw, without the query; it may be one that does not parse
   */
  default boolean tells(String path) {
    return false;
  }

  /** Tells a caller why nothing was done, where {@link #tells} says so. */
  default void tell(Exchange exchange, Problem problem) {
    exchange.problem(problem);
  }

  /** What a caller needs. */
  enum Need {
    /** Nothing. */
    NOTHING,
    /** To be the gateway that this node has joined, or the owner of an unguarded node. */
    LINK,
    /** To be the owner, or the gateway that this node has joined. */
    INSPECT,
    /** Leave to read data: the gateway, a peer's ticket, or a token for calls. */
    READ,
    /** To be the owner. */
    MANAGE
  }
}
