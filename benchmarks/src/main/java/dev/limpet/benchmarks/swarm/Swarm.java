package dev.limpet.benchmarks.swarm;

import dev.limpet.protocol.Holding;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What nodes cost a gateway that runs as a process of its own: one that joins with many roots, and
 * many that only say that they are here. Arguments: the gateway's URL and process id, how many
 * roots and nodes, and for how many seconds.
 */
public final class Swarm {
  private static final double MILLIS = 1e6;

  private Swarm() {}

  /** Runs and prints; see above. */
  public static void main(String[] args) throws IOException {
    URI gateway = URI.create(args[0]);
    ProcessHandle process = ProcessHandle.of(Long.parseLong(args[1])).orElseThrow();
    join(gateway, process, Integer.parseInt(args[2]));
    beat(gateway, process, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
  }

  private static void join(URI gateway, ProcessHandle process, int roots) throws IOException {
    List<Holding> holdings = new ArrayList<>();
    for (int root = 0; root < roots; root++) {
      holdings.add(SwarmNode.root(root));
    }
    double cpu = cpuMillis(process);
    long start = System.nanoTime();
    try (SwarmMember member = new SwarmMember(gateway, SwarmNode.number(1))) {
      member.snapshot(holdings);
      String holders = member.holders(roots - 1);
      double wall = (System.nanoTime() - start) / MILLIS;
      if (!holders.contains("\"ready\"")) {
        throw new IOException("not routable: " + holders);
      }
      System.out.printf(
          "joined with %d roots and routable: %.0f ms, CPU of the gateway %.0f ms%n",
          roots, wall, cpuMillis(process) - cpu);
    }
  }

  private static void beat(URI gateway, ProcessHandle process, int nodes, int seconds)
      throws IOException {
    List<SwarmMember> members = new ArrayList<>();
    try {
      for (int node = 0; node < nodes; node++) {
        SwarmMember member = new SwarmMember(gateway, SwarmNode.number(node + 2));
        member.snapshot(List.of());
        members.add(member);
      }
      rounds(members, Duration.ofSeconds(seconds / 2));
      double cpu = cpuMillis(process);
      long start = System.nanoTime();
      long beats = rounds(members, Duration.ofSeconds(seconds));
      double wall = (System.nanoTime() - start) / MILLIS;
      double used = cpuMillis(process) - cpu;
      System.out.printf(
          "%d nodes, %d heartbeats: %.0f ms, CPU of the gateway %.0f ms, %.0f us each, %.1f %%%n",
          nodes, beats, wall, used, 1000 * used / beats, 100 * used / wall);
    } finally {
      for (SwarmMember member : members) {
        member.close();
      }
    }
  }

  /** Each node once in a heartbeat, evenly. */
  private static long rounds(List<SwarmMember> members, Duration time) throws IOException {
    double gap = members.getFirst().heartbeatMs() * MILLIS / members.size();
    long start = System.nanoTime();
    long beats = 0;
    while (System.nanoTime() - start < time.toNanos()) {
      long wait = (long) (beats * gap) - (System.nanoTime() - start);
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
      members.get((int) (beats % members.size())).heartbeat();
      beats++;
    }
    return beats;
  }

  private static double cpuMillis(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / MILLIS;
  }
}
