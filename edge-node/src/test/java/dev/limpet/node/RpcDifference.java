package dev.limpet.node;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a node does not answer a command as Kubo does, and why. */
enum RpcDifference {
  REPOSITORY("a store has other files and limits than a repository") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.contains("repo stat") || step.contains("repo/stat") || step.contains("config");
    }
  },
  WHO("a node says who it is, and that it speaks for no Kubo") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.matches("(curl|npm) (id|version|commands).*") || step.startsWith("ipfs id");
    }
  },
  NO_SWARM("a node has no swarm: that it has no peers is no error") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.contains("swarm") && kubo.contains("online mode");
    }
  },
  NO_SUCH_COMMAND("a node has no such command, and says so as Kubo does of one that it has not") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return node.contains("Command not found") || node.contains("404 page not found");
    }
  },
  LAST_LINE("dag stat tells the sum, not how far it got") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.contains("dag/stat") && kubo.endsWith(node.substring(node.indexOf('\n') + 1));
    }
  },
  REASON("what is wrong is told in words of our own") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return isError(kubo) && isError(node);
    }
  },
  REFUSED("what a node does not do is refused with what it does") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return !isError(kubo) && isError(node);
    }
  },
  FOREIGN("a page of another origin is told how it would be let in") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return kubo.contains("[403 ") && node.contains("[403 text/plain");
    }
  },
  VERIFIED("a store and a repository have not the same blocks; all of them are well") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return kubo.contains(WELL) && node.contains(WELL);
    }
  },
  GOES_SOON("what was unpinned goes by itself") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.contains("repo gc") || step.contains("repo/gc");
    }
  },
  KEYS_ALWAYS("no pins are an empty list, which clients in Java need") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return kubo.contains("{}") && node.contains("{\"Keys\":{}}");
    }
  },
  ORDER("pins come in no order, and a repository begins with an empty directory that is pinned") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return step.contains("pin ls")
          && sorted(kubo.replace(EMPTY_DIRECTORY + "\n", "")).equals(sorted(node));
    }
  },
  ONE_OF_SEVERAL("of several pins that keep a block one is told, in no order") {
    @Override
    boolean explains(String step, String kubo, String node) {
      return VIA.matcher(kubo).replaceAll("").equals(VIA.matcher(node).replaceAll(""));
    }
  };

  /** These explain only where a step names them. */
  private static final Set<RpcDifference> NAMED = EnumSet.of(REASON, REFUSED, FOREIGN, VERIFIED);

  private static final String WELL = "verify complete, all blocks validated.";
  private static final Pattern ERROR =
      Pattern.compile("Error: |\\[[45][0-9][0-9] |\"(Err|PinErrorMsg)\":\"[^\"]");
  private static final String EMPTY_DIRECTORY = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
  private static final Pattern VIA = Pattern.compile("(?<=pinned via )[A-Za-z0-9]+");

  private final String reason;

  RpcDifference(String reason) {
    this.reason = reason;
  }

  String reason() {
    return reason;
  }

  /**
   * The one that explains a difference, or null.
   *
   * @param named the one that the step names, or null
   */
  static @Nullable RpcDifference of(
      @Nullable RpcDifference named, String step, String kubo, String node) {
    for (RpcDifference known : values()) {
      boolean meant = named == null ? !NAMED.contains(known) : named == known;
      if (meant && known.explains(step, kubo, node)) {
        return known;
      }
    }
    return null;
  }

  private static boolean isError(String answer) {
    return ERROR.matcher(answer).find();
  }

  private static String sorted(String text) {
    return text.lines().sorted().toList().toString();
  }

  abstract boolean explains(String step, String kubo, String node);
}
