package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet cat}: a file's bytes on standard output. */
@Command(
    name = "cat",
    description = "A file's bytes to standard output.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet cat bafybei.../2013-01.csv | head"})
public final class CatCommand implements Callable<Integer> {
  /** Large files take their time; a stalled connection is the server's to end. */
  private static final Duration TIMEOUT = Duration.ofHours(12);

  private static final int BUFFER_BYTES = 64 << 10;

  /** What a server does not understand it answers with the whole file. */
  private static final Pattern RANGE = Pattern.compile("[0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18}");

  private final Session session;

  @Mixin private ReadOptions options = new ReadOptions();

  @Parameters(paramLabel = "CID[/PATH]", description = "The file.")
  private String data = "";

  @Option(
      names = "--range",
      paramLabel = "FROM-[TO]",
      description = "Only these bytes, both inclusive.")
  private String range = "";

  CatCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServerClient server = options.choose(session);
    HttpRequest.Builder request =
        server.request("/ipfs/" + Targets.data(data)).timeout(TIMEOUT).GET();
    if (!range.isEmpty()) {
      if (!RANGE.matcher(range).matches()) {
        throw CliException.usage("not FROM-[TO] or -LAST: '" + range + "'");
      }
      request.header("Range", "bytes=" + range);
    }
    OutputStream out = session.terminal().out();
    long copied = 0;
    HttpResponse<InputStream> response = server.stream(request.build());
    try (InputStream body = response.body()) {
      if (response.statusCode() >= 300) {
        throw CliException.usage(data + " is a directory: 'limpet ls' lists it, 'get' fetches it");
      }
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        out.write(buffer, 0, read);
        copied += read;
      }
      out.flush();
    } catch (ClosedPipeException e) {
      throw e;
    } catch (IOException e) {
      throw new CliException(
          ErrorCode.UNREACHABLE,
          "the data broke off after " + copied + " bytes: " + e.getMessage() + "; try again");
    }
    return ExitCode.DONE.number();
  }
}
