package dev.limpet.protocol.access;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host as {@code Host} and {@code Origin} write it, in one form: lower case, no trailing dot, no
 * port, IPv6 in brackets.
 *
 * @param text the host
 * @param port the port, or -1 when none was written
 */
record HostName(String text, int port) {
  /** A DNS name has at most 253 characters; brackets, zone and port need a few more. */
  static final int MAX_HOST_CHARS = 280;

  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9_.-]{1,254})(?::([0-9]{1,5}))?");

  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final int HIGHEST_PORT = 65_535;

  /** Reads {@code host[:port]}, or nothing when it is malformed. */
  static Optional<HostName> parse(String value) {
    if (value.length() > MAX_HOST_CHARS) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
    String host = matcher.group(1).toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    return port > HIGHEST_PORT || host.isEmpty() || host.endsWith(".")
        ? Optional.empty()
        : Optional.of(new HostName(host, port));
  }

  /**
   * Whether it names this machine: {@code localhost}, or a literal address of the loopback
   * interface, also as an IPv4-mapped one. Nothing is looked up: a name that resolves to loopback
   * is exactly what an attack by rebinding uses.
   */
  boolean isLoopback() {
    if (text.equals("localhost")) {
      return true;
    }
    boolean literal = text.startsWith("[") || IPV4.matcher(text).matches();
    if (!literal) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(text).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
