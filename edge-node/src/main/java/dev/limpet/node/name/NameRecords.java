package dev.limpet.node.name;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.ipns.IpnsContent;
import dev.limpet.protocol.ipns.IpnsName;
import dev.limpet.protocol.ipns.IpnsRecord;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The records that keys of this node signed, the newest of each name in a file. A record is on the
 * disk when it is published; nobody else is told of it. May be used by several threads.
 */
public final class NameRecords {
  /** Names that stand for names, as with Kubo. */
  static final int MAX_NAMES_IN_A_ROW = 32;

  private static final System.Logger LOG = System.getLogger(NameRecords.class.getName());

  private static final String NAMESPACE = "/ipns/";
  private static final String ENDING = ".ipns-record";

  private final Path folder;
  private final InstantSource clock;

  /**
   * Keeps records there.
   *
   * @param folder made with the first of them
   * @param clock says until when records hold
   */
  public NameRecords(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * For how long a record is made.
   *
   * @param lifetime how long it holds
   * @param ttl how long a copy may be used before there is asked again
   * @param sequence its number, which must be more than that of the one before; {@link #NEXT} for
   *     the next
   */
  public record Term(Duration lifetime, Duration ttl, long sequence) {
    /** The next number. */
    public static final long NEXT = -1;
  }

  /**
   * Signs a record that is newer than the one before, and keeps it.
   *
   * @param key of the name
   * @param value what the name stands for: a path
   * @throws NameException when there can be no such record
   */
  public synchronized IpnsRecord publish(NodeIdentity key, String value, Term term) {
    IpnsName name = new IpnsName(key.peerId());
    try {
      long sequence = sequence(name, term.sequence);
      Instant validity = clock.instant().plus(term.lifetime);
      IpnsRecord record =
          IpnsRecord.sign(key, new IpnsContent(value, validity, sequence, term.ttl));
      write(name, record.bytes());
      return record;
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new NameException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "the record could not be written", e);
    }
  }

  /** Kubo takes no 0 from a caller: that is the first number without any. */
  private long sequence(IpnsName name, long wanted) {
    long next = nextSequence(name);
    if (wanted == Term.NEXT) {
      return next;
    }
    if (wanted < Math.max(1, next)) {
      throw new NameException("sequence number must be greater than the current record sequence");
    }
    return wanted;
  }

  /** After a record that nobody can read a number that none before it can have had. */
  private long nextSequence(IpnsName name) {
    try {
      IpnsRecord before = find(name);
      return before == null ? 0 : Math.addExact(before.content().sequence(), 1);
    } catch (NameException damaged) {
      LOG.log(Level.WARNING, damaged.reason());
      return clock.instant().getEpochSecond();
    }
  }

  private void write(IpnsName name, byte[] record) throws IOException {
    Files.createDirectories(folder);
    SyncedFiles.replace(file(name), record);
  }

  private Path file(IpnsName name) {
    return folder.resolve(name + ENDING);
  }

  /** The newest record of a name that is here, checked, or null. */
  public synchronized @Nullable IpnsRecord find(IpnsName name) {
    Path file = file(name);
    try {
      if (!Files.exists(file)) {
        return null;
      }
      if (Files.size(file) > IpnsRecord.MAX_RECORD_BYTES) {
        throw new NameException("the record of " + name + " is damaged: publish it again");
      }
      return IpnsRecord.verify(name, Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new NameException("the record of " + name + " is damaged: publish it again", e);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "the record could not be read", e);
    }
  }

  /**
   * What a path of names stands for.
   *
   * @param path {@code /ipns/NAME}, maybe with names of files behind it
   * @param recursive whether a name that stands for a name is followed
   * @return a path, {@code /ipfs/…} unless {@code recursive} is false
   * @throws NameException when a name is none, has no record here, or its record no longer holds
   */
  public String resolve(String path, boolean recursive) {
    String value = path;
    for (int i = 0; value.startsWith(NAMESPACE); i++) {
      if (i == MAX_NAMES_IN_A_ROW) {
        throw new NameException("could not resolve name (recursion limit exceeded)");
      }
      value = step(value);
      if (!recursive) {
        return value;
      }
    }
    return value;
  }

  private String step(String path) {
    int end = path.indexOf('/', NAMESPACE.length());
    String name = path.substring(NAMESPACE.length(), end < 0 ? path.length() : end);
    String rest = end < 0 ? "" : path.substring(end);
    try {
      return current(IpnsName.parse(name)).content().value() + rest;
    } catch (IllegalArgumentException e) {
      throw new NameException("could not resolve name: a node knows no DNSLink names", e);
    }
  }

  /**
   * The record of a name, which holds now.
   *
   * @throws NameException when there is none here, or it no longer holds
   */
  public IpnsRecord current(IpnsName name) {
    IpnsRecord record = find(name);
    if (record == null) {
      throw new NameException("could not resolve name");
    }
    if (!record.holdsAt(clock.instant())) {
      throw new NameException("could not resolve name: its record no longer holds; publish it");
    }
    return record;
  }

  /** How long a copy of a record may be used: as it says, and no longer than it holds. */
  public Duration freshFor(IpnsRecord record) {
    Duration held = Duration.between(clock.instant(), record.content().validity());
    Duration said = record.content().ttl();
    Duration least = held.compareTo(said) < 0 ? held : said;
    return least.isNegative() ? Duration.ZERO : least;
  }
}
