package dev.limpet.protocol.access;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import java.net.InetAddress;
import java.util.List;

/** Where a server may listen: beyond this machine only when management needs a token. */
public final class BindRule {
  private BindRule() {}

  /**
   * Where a server is to listen.
   *
   * @param key the setting that says so
   * @param place as it says
   */
  public record Listen(String key, ListenAddress place) {}

  /**
   * Refuses to listen on what others can reach while everybody could manage it.
   *
   * @param listen as it is configured, for the message
   * @param addresses what that host resolves to
   * @param tokens the configured tokens
   * @param tokenKey the key of the management token, for the message
   * @throws LimpetException {@code bad-config} that has the line to add
   */
  public static void check(
      Listen listen, List<InetAddress> addresses, Tokens tokens, String tokenKey) {
    boolean loopback =
        !addresses.isEmpty() && addresses.stream().allMatch(InetAddress::isLoopbackAddress);
    if (!loopback && !tokens.guardsManagement()) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          listen.key
              + " = "
              + listen.place
              + " can be reached from other machines, so a token is needed; write one into a file"
              + " with mode 0600 and add the line: "
              + tokenKey
              + "-file = PATH");
    }
  }
}
