package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final String HEADING = "## Node\n";

  @Test
  void the_documentation_has_every_key_as_it_is() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "CONFIG.md"));
    String section = text.substring(text.indexOf(HEADING) + HEADING.length());
    int table = section.indexOf("| key |");
    int end = section.indexOf("\n\n", table);
    String written = section.substring(table, end < 0 ? section.length() : end + 1);
    assertEquals(NodeConfig.SCHEMA.markdown(), written);
  }
}
