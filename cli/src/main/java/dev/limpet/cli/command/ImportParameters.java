package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.content.unixfs.Chunker;
import dev.limpet.content.unixfs.FileLayout;
import dev.limpet.content.unixfs.FixedSize;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ShardingRule;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.ByteSizes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What decides which CID files get: a profile, its parameters, and what is taken of a tree. */
final class ImportParameters {
  private static final int NANOS_END = 1_000_000_000;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "Parameters as published: unixfs-v1-2025 (default), unixfs-v0-2015 (Kubo's default) or"
              + " kubo-cidv1 (Kubo with --cid-version=1). Options below change one each.")
  private String profile = "unixfs-v1-2025";

  @Option(names = "--cid-version", paramLabel = "0|1", description = "Version of CIDs.")
  private @Nullable Integer cidVersion;

  @Option(
      names = "--raw-leaves",
      paramLabel = "true|false",
      arity = "0..1",
      fallbackValue = "true",
      description = "Whether leaves of files are their bytes alone.")
  private @Nullable Boolean rawLeaves;

  @Option(
      names = "--chunk-size",
      paramLabel = "BYTES",
      description = "Size of a leaf, such as 256KiB; 2 MiB less 256 bytes at most.")
  private @Nullable String chunkSize;

  @Option(
      names = "--chunker",
      paramLabel = "size-BYTES|rabin|rabin-AVG|rabin-MIN-AVG-MAX|buzhash",
      description =
          "Where files are cut, as Kubo's option says it: rabin and buzhash cut where the bytes say"
              + " so, so that a change leaves most leaves as they were.")
  private @Nullable String chunker;

  @Option(
      names = "--trickle",
      description = "Put the beginning of files near their root (default: a balanced tree).")
  private boolean trickle;

  @Option(
      names = "--max-file-links",
      paramLabel = "N",
      description = "Links of a file's inner node at most; with --trickle leaves of one.")
  private @Nullable Integer maxFileLinks;

  @Option(
      names = "--hamt-measure",
      paramLabel = "block|links|none",
      description =
          "What of a directory is compared with the threshold: its block, or its names and CIDs.")
  private @Nullable String hamtMeasure;

  @Option(
      names = "--hamt-threshold",
      paramLabel = "BYTES",
      description = "A directory that measures more becomes a HAMT (default: 256KiB).")
  private @Nullable String hamtThreshold;

  @Option(
      names = "--max-directory-links",
      paramLabel = "N",
      description = "A directory with more entries becomes a HAMT too (default: 0, no limit).")
  private @Nullable Integer maxDirectoryLinks;

  @Option(
      names = "--max-hamt-fanout",
      paramLabel = "N",
      description = "Buckets of a HAMT's shard: a power of two from 8 to 1024 (default: 256).")
  private @Nullable Integer maxHamtFanout;

  @Option(names = "--hidden", description = "Take files whose name begins with a dot, too.")
  private boolean hidden;

  @Option(
      names = "--dereference-symlinks",
      description = "Take what symbolic links point at, not the links.")
  private boolean dereferenceSymlinks;

  @Option(
      names = "--empty-dirs",
      paramLabel = "true|false",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether empty directories are taken (default: true).")
  private boolean emptyDirs = true;

  @Option(
      names = "--preserve-mode",
      description = "Keep permissions; leaves of files are not raw then.")
  private boolean preserveMode;

  @Option(
      names = "--preserve-mtime",
      description = "Keep times of last change; leaves of files are not raw then.")
  private boolean preserveMtime;

  @Option(
      names = "--mode",
      paramLabel = "0MODE",
      description =
          "Permissions that all files and directories get, in octal, such as 0644; leaves of files"
              + " are not raw then.")
  private @Nullable String mode;

  @Option(
      names = "--mtime",
      paramLabel = "SECONDS",
      description =
          "Time of last change that all get, in seconds since 1970; leaves of files are not raw"
              + " then.")
  private @Nullable Long mtime;

  @Option(
      names = "--mtime-nsecs",
      paramLabel = "N",
      description = "Nanoseconds after --mtime (default: 0).")
  private @Nullable Integer mtimeNsecs;

  /** The parameters that the options make. */
  UnixFsProfile profile() {
    UnixFsProfile known = UnixFsProfile.named(profile);
    if (known == null) {
      throw CliException.usage(
          "no profile '"
              + profile
              + "': "
              + String.join(", ", UnixFsProfile.names())
              + " are known");
    }
    try {
      return new UnixFsProfile(
          Objects.requireNonNullElse(cidVersion, known.cidVersion()),
          Objects.requireNonNullElse(rawLeaves, known.rawLeaves()),
          chunker(known.chunker()),
          new FileLayout(
              trickle ? FileLayout.Shape.TRICKLE : known.layout().shape(),
              Objects.requireNonNullElse(maxFileLinks, known.layout().width())),
          sharding(known.sharding()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw CliException.usage(e.getMessage() + ": see 'limpet add --help'");
    }
  }

  private Chunker chunker(Chunker known) {
    if (chunkSize == null) {
      return chunker == null ? known : Chunker.parse(chunker);
    }
    if (chunker != null) {
      throw new IllegalArgumentException("--chunk-size and --chunker say the same: leave out one");
    }
    return new FixedSize(Math.toIntExact(ByteSizes.parse(chunkSize)));
  }

  private ShardingRule sharding(ShardingRule known) {
    return new ShardingRule(
        hamtMeasure == null ? known.measure() : measure(hamtMeasure),
        hamtThreshold == null ? known.thresholdBytes() : ByteSizes.parse(hamtThreshold),
        Objects.requireNonNullElse(maxDirectoryLinks, known.maxLinks()),
        Objects.requireNonNullElse(maxHamtFanout, known.fanout()));
  }

  private static ShardingRule.Measure measure(String name) {
    for (ShardingRule.Measure measure : ShardingRule.Measure.values()) {
      if (measure.name().toLowerCase(Locale.ROOT).equals(name)) {
        return measure;
      }
    }
    throw new IllegalArgumentException("--hamt-measure is block, links or none");
  }

  /** What is taken of a tree. */
  ImportOptions taken() {
    boolean said = preserveMode || preserveMtime || mode != null || mtime != null;
    if (Boolean.TRUE.equals(rawLeaves) && said) {
      throw CliException.usage("a raw leaf has no room for permissions or times: leave out one");
    }
    try {
      return ImportOptions.standard()
          .withHidden(hidden)
          .withFollowedLinks(dereferenceSymlinks)
          .withEmptyDirectories(emptyDirs)
          .withMetadata(preserveMode, preserveMtime)
          .withFixedMode(mode == null ? 0 : octal(mode))
          .withFixedMtime(fixedMtime());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw CliException.usage(e.getMessage() + ": see 'limpet add --help'");
    }
  }

  /** With the 0 in front, without which Kubo reads a decimal number. */
  private static int octal(String mode) {
    if (!mode.matches("0+[0-7]{1,3}") || mode.matches("0+")) {
      throw new IllegalArgumentException("--mode is 0001 to 0777, with a 0 in front");
    }
    return Integer.parseInt(mode, 8);
  }

  private @Nullable Instant fixedMtime() {
    if (mtime == null) {
      if (mtimeNsecs != null) {
        throw new IllegalArgumentException("--mtime-nsecs says nothing without --mtime");
      }
      return null;
    }
    if (mtime == 0) {
      throw new IllegalArgumentException("--mtime is not 0, which Kubo takes for none");
    }
    int nanos = Objects.requireNonNullElse(mtimeNsecs, 0);
    if (nanos < 0 || nanos >= NANOS_END) {
      throw new IllegalArgumentException("--mtime-nsecs is 0 to " + (NANOS_END - 1));
    }
    return Instant.ofEpochSecond(mtime, nanos);
  }
}
