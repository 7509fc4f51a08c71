package dev.limpet.protocol.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bearer token that a server expects. It keeps only the SHA-256 of it, and compares digests in
 * constant time, so that neither the time of an answer nor a heap dump tells the token.
 */
public final class Token {
  private static final Pattern BEARER =
      Pattern.compile("bearer +([!-~]{1,1024})", Pattern.CASE_INSENSITIVE);

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
    Matcher matcher = BEARER.matcher(lines.getFirst().strip());
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Says nothing about the token. */
  @Override
  public String toString() {
    return "Token[********]";
  }
}
