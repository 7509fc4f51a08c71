package dev.limpet.protocol.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When what was believed is to be looked at again. */
class BelievedAuthoritiesTest {
  @TempDir private Path folder;
  private Instant now = Instant.now();

  /** Whether there is another generation once a certificate has ended that was believed. */
  private boolean endIsSeen(Duration period) throws IOException {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles ending = authority.issue("ending", now.plusSeconds(2));
    BelievedAuthorities believed =
        BelievedAuthorities.of(authority.authorities(), period, () -> now);
    believed.believed(
        PemFile.read(ending.certificate()).certificates().toArray(X509Certificate[]::new));
    int before = believed.generation();
    assertEquals(before, believed.generation());
    now = now.plusSeconds(3);
    return believed.generation() != before;
  }

  @Test
  void when_a_certificate_ends_that_was_believed_all_are_to_be_looked_at_again()
      throws IOException {
    assertTrue(endIsSeen(Duration.ZERO));
  }

  /** Else a server that shows one more in each handshake, which ends at once, would cost all. */
  @Test
  void an_end_is_seen_no_oftener_than_a_file_is_looked_at() throws IOException {
    assertFalse(endIsSeen(Duration.ofHours(1)));
  }
}
