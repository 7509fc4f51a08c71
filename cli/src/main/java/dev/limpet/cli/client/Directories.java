package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;

/** What directories hold, as a gateway or node lists it. */
public final class Directories {
  private static final int OK = 200;

  private Directories() {}

  /**
   * All entries of a directory, page by page.
   *
   * @param data {@code CID[/PATH]}, as it was typed
   * @param forFiles what to do when it is a file, for the sentence of the error
   * @throws CliException {@code bad-usage} when it is a file; what the server refuses
   */
  public static List<JsonObject> entries(ServerClient server, String data, String forFiles) {
    String path = "/ipfs/" + Targets.data(data);
    try {
      return server.list(path + "/");
    } catch (CliException e) {
      if (e.code().equals(ErrorCode.DATA_NOT_FOUND.code()) && isFile(server, path)) {
        throw CliException.usage(data + " is a file, not a directory: " + forFiles);
      }
      throw e;
    }
  }

  /** Whether something is there that is no directory, which would be shown one path on. */
  private static boolean isFile(ServerClient server, String path) {
    HttpResponse<InputStream> answer =
        server.exchange(server.request(path).method("HEAD", BodyPublishers.noBody()).build());
    try (InputStream _ = answer.body()) {
      return answer.statusCode() == OK;
    } catch (IOException e) {
      return false; // then what was refused first is told
    }
  }
}
