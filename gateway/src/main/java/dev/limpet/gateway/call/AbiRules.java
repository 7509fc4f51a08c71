package dev.limpet.gateway.call;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.CallMethods;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.List;

/** What functions of each kind take. */
final class AbiRules {
  private AbiRules() {}

  /** Refuses what a function of its kind does not take; {@code http} takes nearly everything. */
  static void check(AskedCall asked, StoredFunction function) {
    List<String> unsupported = function.manifest().unsupported();
    if (!unsupported.isEmpty()) {
      throw new LimpetException(ErrorCode.NOT_SUPPORTED, String.join("; ", unsupported));
    }
    Abi abi = function.manifest().effectiveAbi();
    CallMethods.check(asked.exchange(), abi);
    if (abi == Abi.HTTP) {
      return;
    }
    String advice = abi == Abi.RAW ? "send a body" : "pass arguments as ?arg=…";
    if (!asked.target().rest().isEmpty()) {
      throw badArguments(abi, "takes no path after its name; " + advice);
    }
    List<String> others = asked.target().query().others();
    if (!others.isEmpty()) {
      throw badArguments(abi, "takes no query parameter " + others.getFirst() + "; " + advice);
    }
    if (abi == Abi.RAW && !asked.target().query().arguments().isEmpty()) {
      throw badArguments(abi, "takes no arguments; " + advice);
    }
    if (abi == Abi.RAW && asked.inputs().size() > 1) {
      throw badArguments(abi, "takes one input");
    }
  }

  private static LimpetException badArguments(Abi abi, String why) {
    return new LimpetException(
        ErrorCode.BAD_ARGUMENTS, "a function of the abi " + abi.text() + " " + why);
  }
}
