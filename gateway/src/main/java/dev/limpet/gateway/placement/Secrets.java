package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that nobody guesses, and digests to look them up by. */
final class Secrets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 32;

  private Secrets() {}

  /** 256 random bits as base64url, 43 characters. */
  static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * What a token is stored and looked up by: how long a lookup takes then says nothing about the
   * token itself.
   */
  static String digest(String token) {
    byte[] hash = Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }
}
