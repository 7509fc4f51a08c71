package dev.limpet.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is to listen, {@code HOST:PORT} with an IPv6 address in brackets.
 *
 * @param host a name or address, as it is written in a URL: an IPv6 address in brackets
 * @param port 0 for a free one, at most 65535
 */
public record ListenAddress(String host, int port) {
  private static final Pattern FORM = Pattern.compile("(.+):([0-9]{1,5})");
  private static final Pattern HOST = Pattern.compile("\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]+");

  private static final int HIGHEST_PORT = 65_535;

  /** Checks the parts. */
  public ListenAddress {
    if (!HOST.matcher(host).matches() || port < 0 || port > HIGHEST_PORT) {
      throw none();
    }
  }

  private static IllegalArgumentException none() {
    return new IllegalArgumentException("it is no HOST:PORT, with an IPv6 address in brackets");
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static ListenAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw none();
    }
    return new ListenAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  /** The host without brackets, as sockets want it. */
  public String bareHost() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * What the host resolves to, one address at least.
   *
   * @param key the setting that has it, for the message
   * @throws LimpetException {@code bad-config} when there is none of that name
   */
  public List<InetAddress> addresses(String key) {
    try {
      return List.of(InetAddress.getAllByName(bareHost()));
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, key + " = " + this + ": there is no such host", e);
    }
  }

  /** Whether it is every address of the machine. */
  public boolean isEverywhere() {
    InetAddress literal = literal();
    return literal != null && literal.isAnyLocalAddress();
  }

  /**
   * The base URL at which this machine reaches it: where that is every address, by loopback of the
   * same kind.
   *
   * @param scheme {@code http} or {@code https}
   * @param bound the port, once it is known
   */
  public URI url(String scheme, int bound) {
    String reached = host;
    if (isEverywhere()) {
      reached = literal() instanceof Inet6Address ? "[::1]" : "127.0.0.1";
    }
    return URI.create(scheme + "://" + reached + ":" + bound);
  }

  private @Nullable InetAddress literal() {
    try {
      return InetAddress.ofLiteral(bareHost());
    } catch (IllegalArgumentException e) { // a name
      return null;
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
