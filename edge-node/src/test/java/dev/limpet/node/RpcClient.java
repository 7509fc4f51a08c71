package dev.limpet.node;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Asks for commands of Kubo's RPC as a plain client does. */
record RpcClient(URI url) {
  private static final String BOUNDARY = "a-boundary";

  /** A command without files. */
  WireAnswer ask(String command, String... lines) {
    List<String> all = new ArrayList<>(Arrays.asList(lines));
    all.add("Content-Length: 0");
    return WireClient.ask(
        url, WireClient.request("POST /api/v0/" + command, null, all.toArray(String[]::new)));
  }

  /** A command with files. */
  WireAnswer send(String command, String... parts) {
    return WireClient.ask(
        url,
        WireClient.request(
            "POST /api/v0/" + command,
            body(parts),
            "Content-Type: multipart/form-data; boundary=" + BOUNDARY));
  }

  /** The files of a request. */
  static String body(String... parts) {
    StringBuilder body = new StringBuilder();
    for (String part : parts) {
      body.append("--" + BOUNDARY + "\r\n").append(part).append("\r\n");
    }
    return body + "--" + BOUNDARY + "--\r\n";
  }

  /** One file. */
  static String file(String name, String content) {
    return part("application/octet-stream", name, content);
  }

  /** One part of that type. */
  static String part(String type, String name, String content) {
    return "Content-Disposition: form-data; name=\"file\"; filename=\""
        + name
        + "\"\r\nContent-Type: "
        + type
        + "\r\n\r\n"
        + content;
  }
}
