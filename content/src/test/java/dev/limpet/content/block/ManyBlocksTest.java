package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory has a few bytes for each block, however many there are. */
class ManyBlocksTest {
  @TempDir private Path folder = Path.of("");

  @Test
  @Tag("long")
  @Timeout(60)
  void two_hundred_thousand_blocks_fit_into_20_mebibytes_of_heap() throws Exception {
    fillAndOpen(200_000, "-Xmx20m");
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void ten_million_blocks_fit_into_256_mebibytes_of_heap() throws Exception {
    fillAndOpen(10_000_000, "-Xmx256m");
  }

  private void fillAndOpen(long blocks, String heap) throws Exception {
    for (String what : List.of("fill", "open")) {
      Process process =
          ChildJvm.start(
              List.of(heap, "-XX:+UseSerialGC"),
              ManyBlocksMain.class,
              List.of(what, folder.toString(), Long.toString(blocks)));
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      System.out.println(what + ": " + said.replace('\n', ','));
      assertEquals(0, process.waitFor(), said);
      assertTrue(said.contains("blocks " + blocks), said);
    }
  }
}
