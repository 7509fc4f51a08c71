package dev.limpet.node.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node says of where it is, to gateways that reach nodes by https and to older ones. */
class AdvertisedTest {
  private static final URI LOCAL = URI.create("http://10.0.0.7:8641");
  private static final URI TLS = URI.create("https://10.0.0.7:8642");
  private static final URI NAMED = URI.create("https://shed.example:8642");
  private static final Challenge NEW = new Challenge("n", true);
  private static final Challenge OLD = new Challenge("n", false);

  @Test
  void https_goes_before_http_when_others_can_reach_it() {
    Advertised both = Advertised.of(Optional.empty(), LOCAL, Optional.of(TLS));
    assertEquals(TLS, both.to(NEW));
    assertEquals(LOCAL, both.to(OLD));
    Advertised plain = Advertised.of(Optional.empty(), LOCAL, Optional.empty());
    assertEquals(LOCAL, plain.to(NEW));
    assertEquals(LOCAL, plain.to(OLD));
  }

  @Test
  void what_the_owner_names_goes_before_all_and_https_is_not_given_up_for_an_old_gateway() {
    Advertised http = Advertised.of(Optional.of(LOCAL), LOCAL, Optional.of(TLS));
    assertEquals(LOCAL, http.to(NEW));
    assertEquals(LOCAL, http.to(OLD));
    Advertised https = Advertised.of(Optional.of(NAMED), LOCAL, Optional.of(TLS));
    assertEquals(NAMED, https.to(NEW));
    LimpetException refused = assertThrows(LimpetException.class, () -> https.to(OLD));
    assertEquals(ErrorCode.NOT_SUPPORTED, refused.code());
    assertTrue(String.valueOf(refused.getMessage()).contains("update the gateway"));
  }
}
