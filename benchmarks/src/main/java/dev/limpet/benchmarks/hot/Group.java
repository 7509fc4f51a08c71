package dev.limpet.benchmarks.hot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Operations that are measured in one JVM, with nothing else that could change how it compiles. */
enum Group {
  /** The yardsticks against each other: what kind of machine this is. */
  YARDSTICKS {
    @Override
    Opened open(Path root, Path folder) {
      return new Opened(
          Arrays.stream(Yardstick.values())
              .filter(yardstick -> yardstick != Yardstick.ARITHMETIC)
              .map(Group::asOperation)
              .toList(),
          () -> {});
    }
  },
  CONTENT {
    @Override
    Opened open(Path root, Path folder) throws IOException {
      ContentOperations content = ContentOperations.open(folder.resolve("blocks"));
      return new Opened(content.all(), content::close);
    }
  },
  PROTOCOL {
    @Override
    Opened open(Path root, Path folder) {
      return new Opened(ProtocolOperations.all(), () -> {});
    }
  },
  GATEWAY {
    @Override
    Opened open(Path root, Path folder) throws IOException {
      GatewayOperations gateway = GatewayOperations.open(folder.resolve("gateway"));
      return new Opened(gateway.all(), gateway::close);
    }
  },
  SANDBOX {
    @Override
    Opened open(Path root, Path folder) throws IOException {
      SandboxOperations sandbox =
          SandboxOperations.open(root.resolve("functions-examples"), folder.resolve("code"));
      return new Opened(sandbox.all(), sandbox::close);
    }
  };

  /**
   * Operations that can run.
   *
   * @param operations in a fixed order
   * @param end gives back what they work on
   */
  record Opened(List<HotOperation> operations, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /**
   * Opens what the operations work on.
   *
   * @param root the repository, where the example functions are
   * @param folder an empty folder
   */
  abstract Opened open(Path root, Path folder) throws IOException;

  private static HotOperation asOperation(Yardstick yardstick) {
    return new HotOperation(
        yardstick.operation(), Yardstick.ARITHMETIC, yardstick.runs(), yardstick::run);
  }
}
