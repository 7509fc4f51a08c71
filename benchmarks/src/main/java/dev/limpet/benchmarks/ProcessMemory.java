package dev.limpet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of the memory of a process. */
final class ProcessMemory {
  private ProcessMemory() {}

  /**
   * Its resident memory.
   *
   * @param pid of the process, or {@code self}
   * @return MiB
   */
  static double residentMib(String pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException("the system does not say what is resident");
  }
}
