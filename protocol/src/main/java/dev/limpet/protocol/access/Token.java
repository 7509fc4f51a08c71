package dev.limpet.protocol.access;

import dev.limpet.content.cid.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A bearer token that a server expects. It keeps only the SHA-256 of it, and compares digests in
 * constant time, so that neither the time of an answer nor a heap dump tells the token.
 */
public final class Token {
  private static final String BEARER = "bearer ";

  /** Longest token that is looked at. */
  private static final int MAX_PRESENTED_CHARS = 1024;

  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] digest;

  /** Expects this token. */
  public Token(String token) {
    this.digest = sha256(token);
  }

  /** A new token with 256 random bits: 43 characters of base64url. */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether this is the token. */
  public boolean matches(String presented) {
    return MessageDigest.isEqual(digest, sha256(presented));
  }

  /**
   * What a request presents in {@code Authorization: Bearer …} (RFC 6750, section 2.1); nothing
   * when it presents nothing, something else, or several.
   */
  public static Optional<String> presented(HeaderLines headers) {
    List<String> lines = headers.values("Authorization");
    if (lines.size() != 1) {
      return Optional.empty();
    }
    String line = lines.getFirst().strip();
    if (!line.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.empty();
    }
    int start = BEARER.length();
    while (start < line.length() && line.charAt(start) == ' ') {
      start++;
    }
    String token = line.substring(start);
    return isToken(token) ? Optional.of(token) : Optional.empty();
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '!' || text.charAt(i) > '~') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MAX_PRESENTED_CHARS;
  }

  private static byte[] sha256(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Says nothing about the token. */
  @Override
  public String toString() {
    return "Token[********]";
  }
}
