package dev.limpet.wasmgate;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gate says about a module. Looking at a module never throws; it ends in one of these. */
public sealed interface GateVerdict {

  /**
   * The module may be given to the engine.
   *
   * @param report what the module is
   */
  record Admitted(ModuleReport report) implements GateVerdict {

    /** An admitted module always has a report. */
    public Admitted {
      requireNonNull(report, "report");
    }
  }

  /**
   * The module must not reach the engine.
   *
   * @param refusals the reasons in the order of their place in the module: at least one, at most
   *     {@link GateLimits#MAX_REFUSALS}
   * @param report what the module is as far as it could be read, or null when it is no module
   */
  record Refused(List<Refusal> refusals, @Nullable ModuleReport report) implements GateVerdict {

    /** A refusal without a reason is a bug of ours. */
    public Refused {
      refusals = List.copyOf(refusals);
      if (refusals.isEmpty()) {
        throw new IllegalArgumentException("refused without a reason");
      }
    }
  }
}
