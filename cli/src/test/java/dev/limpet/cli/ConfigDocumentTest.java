package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.config.ConfigSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigDocumentTest {
  static ConfigSchema[] schemas() {
    return new ConfigSchema[] {GatewayConfig.SCHEMA, NodeConfig.SCHEMA};
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void every_setting_is_documented_as_the_process_knows_it(ConfigSchema schema) throws IOException {
    String document = Files.readString(Path.of("../docs/CONFIG.md"));
    String table = schema.markdown();
    assertTrue(
        document.contains(table),
        "docs/CONFIG.md lacks the table of the " + schema.process() + ":\n" + table);
  }
}
