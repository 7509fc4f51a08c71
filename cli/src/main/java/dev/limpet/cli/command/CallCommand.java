package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet call}: the answer, and only it, on standard output. */
@Command(
    name = "call",
    description = "Call a function, on data where it is held; the answer goes to standard output.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet call hello -- world",
      "  limpet call csv --on bafybei.../2013-01.csv -- by=carrier mean=arr_delay",
      "  limpet call wordcount --body -  < notes.txt"
    })
public final class CallCommand implements Callable<Integer> {
  /** A call may take its ten seconds, wait its turn, and stream a long answer. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private static final int BUFFER_BYTES = 64 << 10;

  private static final Path STANDARD_INPUT = Path.of("-");

  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "NAME, NAME@VERSION or a CID.")
  private String function = "";

  @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments, after --.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--on",
      paramLabel = "CID[/PATH]",
      description = "The data, /data to the function; again for /data1, /data2 and so on.")
  private List<String> data = new ArrayList<>();

  @Option(
      names = "--body",
      paramLabel = "FILE|-",
      description = "The request body; - reads standard input.")
  private Path body = Path.of("");

  @Option(
      names = "--max-fetch",
      paramLabel = "BYTES",
      description = "How much data may travel between nodes, e.g. 64MiB.")
  private String maxFetch = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Lower the call's wall time, e.g. 2s.")
  private String timeout = "";

  @Option(
      names = {"-i", "--show-headers"},
      description = "Show what the call did on standard error: where it ran, what travelled.")
  private boolean showHeaders;

  CallCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServerClient gateway = session.gateway(options);
    HttpRequest.Builder request = gateway.request(target()).timeout(TIMEOUT);
    if (!maxFetch.isEmpty()) {
      request.header("Limpet-Max-Fetch", bytes(maxFetch));
    }
    if (!timeout.isEmpty()) {
      request.header("Limpet-Timeout", timeout);
    }
    if (body.toString().isEmpty()) {
      request.GET();
    } else {
      request.header("Content-Type", "application/octet-stream").POST(publisher());
    }
    HttpResponse<InputStream> response = gateway.stream(request.build());
    if (showHeaders) {
      show(response);
    }
    return copy(response);
  }

  private String target() {
    StringBuilder target = new StringBuilder();
    String name = Targets.segment(function).replace("%40", "@");
    target
        .append(data.isEmpty() ? "/fn/" : "/on/" + Targets.data(data.getFirst()) + "/-/")
        .append(name);
    char separator = '?';
    for (int i = 1; i < data.size(); i++) {
      target.append(separator).append("limpet-data=").append(Targets.dataQuery(data.get(i)));
      separator = '&';
    }
    for (String argument : arguments) {
      target.append(separator).append("arg=").append(Targets.query(argument));
      separator = '&';
    }
    return target.toString();
  }

  private static String bytes(String typed) {
    try {
      return Long.toString(ByteSizes.parse(typed));
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--max-fetch takes bytes such as 64MiB: " + e.getMessage());
    }
  }

  private BodyPublisher publisher() {
    if (body.equals(STANDARD_INPUT)) {
      InputStream in = session.terminal().in();
      return BodyPublishers.ofInputStream(() -> in);
    }
    try {
      return BodyPublishers.ofFile(body);
    } catch (FileNotFoundException e) {
      throw CliException.usage("no file " + body);
    }
  }

  private void show(HttpResponse<?> response) {
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (name.startsWith("limpet-")
                  || name.equals("server-timing")
                  || name.equals("etag")) {
                session.terminal().note(name + ": " + String.join(", ", values));
              }
            });
  }

  private int copy(HttpResponse<InputStream> response) {
    long copied = 0;
    OutputStream out = session.terminal().out();
    try (InputStream answer = response.body()) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = answer.read(buffer); read >= 0; read = answer.read(buffer)) {
        out.write(buffer, 0, read);
        copied += read;
      }
      out.flush();
      return ExitCode.DONE.number();
    } catch (ClosedPipeException e) {
      throw e;
    } catch (IOException e) {
      String execution = response.headers().firstValue("limpet-execution").orElse("");
      throw new CliException(
          ErrorCode.ANSWER_CUT,
          "the answer broke off after "
              + copied
              + " bytes"
              + (execution.isEmpty() ? "" : "; 'limpet why " + execution + "' says why"));
    }
  }
}
