package dev.limpet.cli.chaos;

import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** How the gateway and the nodes of a fleet run. */
interface Servers {
  /** One that runs. */
  interface Running {
    /** Where it listens. */
    URI url();

    /** Ends it, as suddenly as it can be ended. */
    void end();
  }

  /** Starts a gateway with settings {@code KEY=VALUE}, and waits until it listens. */
  Running gateway(List<String> settings);

  /** The same for a node. */
  Running node(List<String> settings);

  /** In this process, where no server can be killed: a node that is ended says goodbye. */
  final class Inside implements Servers {
    private record One(URI url, Runnable ending) implements Running {
      @Override
      public void end() {
        ending.run();
      }
    }

    @Override
    public Running gateway(List<String> settings) {
      Gateway gateway = Gateway.start(GatewayConfig.load(null, Map.of(), settings));
      return new One(gateway.url(), gateway::close);
    }

    @Override
    public Running node(List<String> settings) {
      Node node = Node.start(NodeConfig.load(null, Map.of(), settings));
      return new One(node.url(), node::close);
    }
  }
}
