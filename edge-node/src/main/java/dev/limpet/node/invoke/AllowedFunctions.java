package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeJoin;
import java.util.List;

/**
 * Which functions the owner of this node lets run here. Whether a function has a name only the
 * gateway knows; so with {@code deployed} in the list it is the gateway that keeps to it.
 *
 * @param listed {@code deployed} and CIDs of functions and modules; empty for all
 */
public record AllowedFunctions(List<String> listed) {
  /** Every function may run. */
  public static final AllowedFunctions ALL = new AllowedFunctions(List.of());

  /** Copies. */
  public AllowedFunctions {
    listed = List.copyOf(listed);
  }

  /** Refuses a function with {@code forbidden} when the owner does not let it run here. */
  void check(Cid function, Cid module) {
    boolean allowed =
        listed.isEmpty()
            || listed.contains(NodeJoin.DEPLOYED)
            || listed.contains(function.toV1().toString())
            || listed.contains(module.toV1().toString());
    if (!allowed) {
      throw new LimpetException(
          ErrorCode.FORBIDDEN, "the owner of this node allows only other functions");
    }
  }
}
