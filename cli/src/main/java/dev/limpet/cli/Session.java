package dev.limpet.cli;

import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Terminal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** One run of the command: the terminal, and the servers it talks to, closed at the end. */
public final class Session implements AutoCloseable {
  private static final String DEFAULT_GATEWAY = "http://127.0.0.1:8640";

  private final Terminal terminal;
  private final List<ServerClient> clients = new ArrayList<>();

  /** A session over {@code terminal}. */
  public Session(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Where answers and errors go. */
  public Terminal terminal() {
    return terminal;
  }

  /** The gateway that the options, the environment or the default name. */
  public ServerClient gateway(ServerOptions options) {
    return client(gatewayUrl(options), "gateway", options);
  }

  /** A node by its URL. */
  public ServerClient node(URI url, ServerOptions options) {
    return client(url, "node", options);
  }

  private ServerClient client(URI url, String role, ServerOptions options) {
    ServerClient client =
        new ServerClient(
            url,
            role,
            new Credentials(
                Credentials.token(terminal, options.tokenFile()),
                Credentials.authorities(terminal, options.authorities())));
    clients.add(client);
    return client;
  }

  private URI gatewayUrl(ServerOptions options) {
    String given = options.gateway();
    if (given.isEmpty()) {
      given = terminal.environment("LIMPET_GATEWAY");
    }
    return parseUrl(given.isEmpty() ? DEFAULT_GATEWAY : given);
  }

  /**
   * A server's URL as typed.
   *
   * @throws CliException (wrong usage) unless it is {@code http(s)://HOST[:PORT]}
   */
  public static URI parseUrl(String typed) {
    URI url;
    try {
      url = URI.create(typed);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("not a URL: '" + typed + "' (expected http://HOST:PORT)");
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null || url.getRawQuery() != null) {
      throw CliException.usage(
          "not a URL of a server: '" + typed + "' (expected http://HOST:PORT)");
    }
    return url;
  }

  @Override
  public void close() {
    clients.forEach(ServerClient::close);
  }
}
