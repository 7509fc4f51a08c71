package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.ErrorCode;
import java.net.URI;

/** What {@code --node NAME|URL} means. */
final class NamedNode {
  private NamedNode() {}

  /**
   * Where that node is.
   *
   * @param wanted as typed: a URL, or a name that the gateway knows
   * @throws CliException when the gateway knows no node of that name
   */
  static URI url(Session session, ServerOptions options, String wanted) {
    if (wanted.contains("://")) {
      return Session.parseUrl(wanted);
    }
    for (JsonObject known : session.gateway(options).list("/v1/nodes")) {
      if (known.text("name").equals(wanted)) {
        return Session.parseUrl(known.text("url"));
      }
    }
    throw new CliException(
        ErrorCode.NODE_NOT_FOUND,
        "the gateway knows no node '" + wanted + "': 'limpet nodes list' shows them");
  }
}
