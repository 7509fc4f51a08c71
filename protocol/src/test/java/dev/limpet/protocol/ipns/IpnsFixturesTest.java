package dev.limpet.protocol.ipns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The records that the public conformance tests of gateways load. */
class IpnsFixturesTest {
  @Test
  void records_of_the_conformance_tests_are_believed_and_refused_as_they_say() {
    Set<String> refused = new TreeSet<>();
    int believed = 0;
    for (Path file : Vectors.files(Vectors.folder("gateway-fixtures"), ".ipns-record")) {
      String text = file.getFileName().toString().replace(".ipns-record", "");
      if (text.startsWith("Qm")) {
        continue;
      }
      String kind = text.contains("_") ? text.substring(text.indexOf('_') + 1) : "";
      IpnsName name = IpnsName.parse(text.replaceAll("_.*", ""));
      byte[] bytes = Vectors.read(file);
      if (Set.of("v1", "v1-v2-broken-v1-value", "v1-v2-broken-signature-v2").contains(kind)) {
        assertThrows(IllegalArgumentException.class, () -> IpnsRecord.verify(name, bytes), kind);
        refused.add(kind);
      } else {
        assertTrue(IpnsRecord.verify(name, bytes).content().value().startsWith("/ipfs/"), kind);
        believed++;
      }
    }
    assertEquals(3, refused.size());
    assertEquals(8, believed);
  }
}
