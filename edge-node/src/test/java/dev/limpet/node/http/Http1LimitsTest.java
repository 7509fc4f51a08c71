package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.common.Size;
import io.helidon.webserver.http1.Http1Config;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class Http1LimitsTest {
  /** What logs, which ours does not, and what has no equality. */
  private static final Set<String> OTHERWISE =
      Set.of(
          "log",
          "receiveLog",
          "sendLog",
          "receiveListeners",
          "sendListeners",
          "compositeReceiveListener",
          "compositeSendListener",
          "requestedUriDiscovery");

  /** Of a new Helidon too: what it begins to check, ours has to. */
  @Test
  void all_but_the_limits_is_as_helidon_has_it() throws ReflectiveOperationException {
    Http1Config helidons =
        Http1Config.builder().maxPrologueLength(5_000).maxHeadersSize(20_000).build();
    assertEquals(settings(helidons), settings(new Http1Limits(5_000, 20_000)));
  }

  private static Map<String, Object> settings(Http1Config config)
      throws ReflectiveOperationException {
    Map<String, Object> all = new TreeMap<>();
    for (Method each : Http1Config.class.getMethods()) {
      if (!Modifier.isStatic(each.getModifiers()) && !OTHERWISE.contains(each.getName())) {
        Object value = each.invoke(config);
        all.put(each.getName(), value instanceof Size size ? size.toBytes() : value);
      }
    }
    return all;
  }
}
