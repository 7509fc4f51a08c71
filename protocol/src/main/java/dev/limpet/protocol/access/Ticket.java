package dev.limpet.protocol.access;

import dev.limpet.content.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Leave to read one DAG from one node, for a peer that fetches it for a call. The gateway makes it
 * from the link token that it shares with the holder; the holder checks it without state: base64url
 * of HMAC-SHA256 with the link token as key over {@code "read\n"} and the root's CID (v1, base32).
 * It is good until the holder's process ends, because each process has a new link token.
 */
public final class Ticket {
  private static final String ALGORITHM = "HmacSHA256";

  private Ticket() {}

  /** A ticket for the DAG under this root. */
  public static String issue(String linkToken, Cid root) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(linkToken, root));
  }

  /** Whether this is a ticket for the DAG under this root; compared in constant time. */
  public static boolean verify(String linkToken, Cid root, String ticket) {
    return MessageDigest.isEqual(
        issue(linkToken, root).getBytes(StandardCharsets.US_ASCII),
        ticket.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] mac(String linkToken, Cid root) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(linkToken.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return mac.doFinal(("read\n" + root.toV1()).getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }
}
