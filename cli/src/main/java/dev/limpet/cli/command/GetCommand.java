package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.DagDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet get}: a file or a directory, every block of it checked against the CID. */
@Command(
    name = "get",
    description = "Fetch a file or directory; every block is checked against the CID.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet get bafybei... -o flights"})
public final class GetCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ReadOptions options = new ReadOptions();

  @Parameters(paramLabel = "CID[/PATH]", description = "What to fetch.")
  private String data = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      description = "Where to; it must not exist yet (default: the last part of CID/PATH).")
  private @Nullable Path output;

  @Option(
      names = "--symlinks",
      description = "Write symbolic links, too, wherever they lead; without it they are refused.")
  private boolean symlinks;

  GetCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ContentPath path = parse();
    Path target = output == null ? Path.of(lastPart(path)) : output;
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw CliException.usage(target + " exists already: name another with -o");
    }
    ServerClient server = options.choose(session);
    long bytes;
    try (ProgressBar bar = new ProgressBar(session.terminal(), "fetching", -1);
        DagDownload download = DagDownload.open(target, bar::advance)) {
      download.fetch(server, "/ipfs/" + Targets.data(data) + "?format=car");
      bytes = download.write(path, target, symlinks);
    } catch (ContentLimitException | StoreFailedException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "cannot write " + target + ": " + e.getMessage());
    } catch (ContentException e) {
      throw new CliException(
          ErrorCode.HASH_MISMATCH, "what came is not " + data + ": " + e.getMessage());
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "cannot write " + target + ": " + e.getMessage());
    }
    if (options.server().json()) {
      session.terminal().json(Map.of("path", target.toString(), "size", bytes));
    } else {
      session.terminal().note("wrote " + target + ", " + bytes + " bytes, all checked");
    }
    return ExitCode.DONE.number();
  }

  private ContentPath parse() {
    try {
      return ContentPath.parse(data.replaceFirst("/$", ""));
    } catch (ContentException | IllegalArgumentException e) {
      throw CliException.usage("not a CID[/PATH]: " + e.getMessage());
    }
  }

  private static String lastPart(ContentPath path) {
    return path.segments().isEmpty() ? path.root().toString() : path.segments().getLast();
  }
}
