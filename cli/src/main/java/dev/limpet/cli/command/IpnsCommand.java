package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.ipns.IpnsContent;
import dev.limpet.protocol.ipns.IpnsName;
import dev.limpet.protocol.ipns.IpnsRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet ipns …}: names that are keys, and the records in which their owners say more. */
@Command(
    name = "ipns",
    description = "Sign and verify IPNS records, which say what a name that is a key stands for.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet ipns verify k51... photos.ipns"})
public final class IpnsCommand extends CommandGroup {
  private final Session session;

  IpnsCommand(Session session) {
    this.session = session;
  }

  /** Signs a record. */
  @Command(
      name = "sign",
      description = {
        "Sign a record that says what the name of a key stands for, and print the name.",
        "A record that stands in --out already is replaced by a newer one."
      },
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet ipns sign bafy... --key photos.key --out photos.ipns"})
  int sign(
      @Parameters(paramLabel = "CID|PATH", description = "A CID, /ipfs/CID/… or /ipns/NAME.")
          String target,
      @Option(
              names = "--key",
              required = true,
              paramLabel = "FILE",
              description = "The key of the name; made when there is no such file. Keep it.")
          Path key,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "FILE",
              description = "Where the record goes, and where the one before stands.")
          Path out,
      @Option(
              names = "--lifetime",
              paramLabel = "DURATION",
              defaultValue = "48h",
              description = "How long the record holds (default: 48h).")
          String lifetime,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json) {
    try {
      Duration holds = Durations.parse(lifetime);
      NodeIdentity identity = NodeIdentity.loadOrCreate(key);
      IpnsName name = new IpnsName(identity.peerId());
      String value = path(target);
      IpnsContent content =
          new IpnsContent(value, Instant.now().plus(holds), sequence(name, out, value), ttl(holds));
      IpnsRecord record = IpnsRecord.sign(identity, content);
      SyncedFiles.replace(out, record.bytes());
      show(record, json);
      return ExitCode.DONE.number();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw CliException.usage(e.getMessage() + ": see 'limpet ipns sign --help'");
    } catch (IOException e) {
      throw new CliException(ExitCode.REFUSED, "not-written", String.valueOf(e.getMessage()));
    }
  }

  /** Five minutes, as Kubo says, unless the record ends before. */
  private static Duration ttl(Duration holds) {
    Duration usual = Duration.ofMinutes(5);
    return holds.compareTo(usual) < 0 ? holds : usual;
  }

  private static String path(String target) {
    if (target.startsWith("/ipfs/") || target.startsWith("/ipns/")) {
      return target;
    }
    try {
      return "/ipfs/" + Cid.parse(target);
    } catch (CidFormatException e) {
      throw new IllegalArgumentException("expected a CID, /ipfs/CID/… or /ipns/NAME", e);
    }
  }

  /** Of records of one name the greater sequence wins; it grows when the value changes. */
  private static long sequence(IpnsName name, Path out, String value) throws IOException {
    if (!Files.exists(out)) {
      return 0;
    }
    try {
      IpnsContent before = IpnsRecord.verify(name, read(out)).content();
      return before.value().equals(value) ? before.sequence() : Math.addExact(before.sequence(), 1);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          out + " is no record of " + name + " and is left as it is: " + e.getMessage(), e);
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(IpnsRecord.MAX_RECORD_BYTES + 1);
    }
  }

  /** Verifies a record. */
  @Command(
      name = "verify",
      description = "Check that the owner of NAME signed a record, and that it still holds.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet ipns verify k51... photos.ipns"})
  int verify(
      @Parameters(paramLabel = "NAME", description = "k51… or a peer id.") String name,
      @Parameters(paramLabel = "FILE", description = "The record.") Path file,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json) {
    IpnsName owner;
    try {
      owner = IpnsName.parse(name);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
    try {
      IpnsRecord record = IpnsRecord.verify(owner, read(file));
      if (!record.holdsAt(Instant.now())) {
        throw new CliException(
            ExitCode.REFUSED, "not-verified", "the record ended " + record.content().validity());
      }
      show(record, json);
      return ExitCode.DONE.number();
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.REFUSED, "not-verified", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  private void show(IpnsRecord record, boolean json) {
    IpnsContent content = record.content();
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", record.name().toString());
      fields.put("value", content.value());
      fields.put("sequence", content.sequence());
      fields.put("validity", content.validity().toString());
      session.terminal().json(fields);
      return;
    }
    session.terminal().line(record.name().toString());
    session
        .terminal()
        .note(
            content.value()
                + ", number "
                + content.sequence()
                + ", holds until "
                + content.validity());
  }
}
