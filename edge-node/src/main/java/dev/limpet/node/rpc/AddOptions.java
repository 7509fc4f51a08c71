package dev.limpet.node.rpc;

import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.unixfs.Chunker;
import dev.limpet.content.unixfs.CidRule;
import dev.limpet.content.unixfs.FileLayout;
import dev.limpet.content.unixfs.ShardingRule;
import dev.limpet.content.unixfs.UnixFsAttributes;
import dev.limpet.content.unixfs.UnixFsProfile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code add} asks for; without options it is what Kubo does without options.
 *
 * @param profile decides the CIDs
 * @param attributes what nodes say about the files that they were
 * @param pinName what people call what is kept
 * @param shape what comes of it
 * @param cids what the CIDs are made of
 */
record AddOptions(
    UnixFsProfile profile, Kept attributes, String pinName, Shape shape, CidRule cids) {
  private static final String HASH = "sha2-256";

  private static final int USUAL_INLINE_BYTES = 32;

  /** What another program would have to be there for. */
  private static final List<String> NOT_HERE = List.of("nocopy", "fscache");

  /**
   * What comes of an add.
   *
   * @param pin whether it is kept
   * @param wrap whether a directory is put around all
   * @param onlyHash whether nothing is stored
   * @param telling what the caller is told
   * @param emptyDirectories whether directories stay that have nothing in them
   */
  record Shape(
      boolean pin, boolean wrap, boolean onlyHash, Telling telling, boolean emptyDirectories) {
    boolean progress() {
      return telling.progress;
    }

    boolean silent() {
      return telling.silent;
    }
  }

  /**
   * What the caller is told.
   *
   * @param progress how far it got
   * @param silent not what was added
   */
  record Telling(boolean progress, boolean silent) {}

  /**
   * What nodes say.
   *
   * @param mode whether permissions are kept
   * @param mtime whether times are kept
   * @param fixed permissions and time that all have instead
   */
  record Kept(boolean mode, boolean mtime, UnixFsAttributes fixed) {
    boolean any() {
      return mode || mtime || !fixed.equals(UnixFsAttributes.NONE);
    }

    /** Of one part. */
    UnixFsAttributes of(Part part) {
      return new UnixFsAttributes(modeOf(part), timeOf(part));
    }

    /** Permissions of links mean nothing, and are not kept. */
    private int modeOf(Part part) {
      if (part.kind() == Part.Kind.SYMLINK) {
        return -1;
      }
      return fixed.mode() >= 0 ? fixed.mode() : mode ? part.mode() : -1;
    }

    private @Nullable Instant timeOf(Part part) {
      Instant all = fixed.mtime();
      return all != null ? all : mtime ? part.mtime() : null;
    }
  }

  static AddOptions of(Options options) {
    refuse(options);
    Kept kept = kept(options);
    boolean onlyHash = options.flag(false, "only-hash", "n");
    Shape shape =
        new Shape(
            options.flag(true, "pin") && !onlyHash,
            options.flag(false, "wrap-with-directory", "w"),
            onlyHash,
            new Telling(options.flag(false, "progress", "p"), options.flag(false, "silent")),
            options.flag(true, "empty-dirs", "E"));
    return new AddOptions(profile(options, kept), kept, name(options, shape), shape, cids(options));
  }

  private static String name(Options options, Shape shape) {
    Optional<String> name = options.find("pin-name");
    if (name.isPresent() && !shape.pin()) {
      throw RpcException.failed("pin-name option requires pin to be set");
    }
    return PinCommands.requireName(name.orElse(""));
  }

  private static int inline(Options options) {
    int limit = options.integer(USUAL_INLINE_BYTES, "inline-limit");
    if (!options.flag(false, "inline")) {
      return 0;
    }
    if (limit > Multihash.MAX_IDENTITY_BYTES) {
      throw RpcException.failed(
          "inline-limit "
              + limit
              + " exceeds maximum allowed size of "
              + Multihash.MAX_IDENTITY_BYTES
              + " bytes");
    }
    return Math.max(0, limit);
  }

  private static void refuse(Options options) {
    for (String option : NOT_HERE) {
      if (options.flag(false, option)) {
        throw RpcException.failed("a node has no --" + option + "; leave it out");
      }
    }
    if (!options.text("", "to-files").isEmpty()) {
      throw RpcException.failed("a node has no MFS; leave --to-files out");
    }
  }

  private static CidRule cids(Options options) {
    return new CidRule(function(options), inline(options));
  }

  private static long function(Options options) {
    String hash = options.text(HASH, "hash");
    return Multihash.functionCode(hash.toLowerCase(Locale.ROOT))
        .orElseThrow(
            () ->
                RpcException.failed(
                    "a node adds with sha2-256, sha2-512 and sha3-224 to sha3-512, not with \""
                        + hash
                        + "\""));
  }

  /** Kubo takes version 1 for all that version 0 cannot have, unless that is asked for. */
  private static int version(Options options) {
    boolean usual = function(options) == Multicodec.SHA2_256;
    int version = options.integer(usual ? 0 : 1, "cid-version");
    if (version != 0 && version != 1) {
      throw RpcException.failed("unknown CID version: " + version);
    }
    if (version == 0 && !usual) {
      throw RpcException.failed("CIDv0 only supports " + HASH);
    }
    return version;
  }

  private static UnixFsProfile profile(Options options, Kept kept) {
    int version = version(options);
    boolean raw = options.flag(version == 1, "raw-leaves");
    if (raw && kept.any() && options.find("raw-leaves").isPresent()) {
      throw RpcException.failed(
          "raw-leaves can't be used with UnixFS metadata like mode or modification time");
    }
    UnixFsProfile base = version == 1 ? UnixFsProfile.KUBO_CIDV1 : UnixFsProfile.V0_2015;
    try {
      return new UnixFsProfile(
          version,
          raw && !kept.any(),
          chunker(options.text("", "chunker", "s"), base.chunker()),
          layout(options, base.layout().width()),
          sharding(options, base.sharding()));
    } catch (IllegalArgumentException e) {
      throw RpcException.failed(String.valueOf(e.getMessage()));
    }
  }

  private static ShardingRule sharding(Options options, ShardingRule base) {
    return new ShardingRule(
        base.measure(),
        base.thresholdBytes(),
        Math.max(options.integer(0, "max-directory-links"), -1),
        Math.max(options.integer(base.fanout(), "max-hamt-fanout"), -1));
  }

  private static FileLayout layout(Options options, int usual) {
    int width = Math.max(options.integer(usual, "max-file-links"), -1);
    return options.flag(false, "trickle", "t")
        ? FileLayout.trickle(width)
        : FileLayout.balanced(width);
  }

  private static Chunker chunker(String text, Chunker usual) {
    return text.isEmpty() || text.equals("default") ? usual : Chunker.parse(text);
  }

  /** Octal with a zero before it, as people write it; decimal, as the command sends it. */
  private static int mode(String text) {
    return Integer.parseInt(text, text.startsWith("0") ? 8 : 10);
  }

  /** The first second of 1970 counts as none, as with Kubo. */
  private static @Nullable Instant mtime(Options options) {
    long seconds = options.number(0, "mtime");
    long nanos = options.number(0, "mtime-nsecs");
    if (seconds == 0 && nanos != 0) {
      throw RpcException.failed("option \"mtime-nsecs\" requires \"mtime\" to be provided as well");
    }
    return seconds == 0 ? null : Instant.ofEpochSecond(seconds, nanos);
  }

  private static Kept kept(Options options) {
    try {
      int mode = mode(options.text("0", "mode"));
      Instant mtime = mtime(options);
      return new Kept(
          options.flag(false, "preserve-mode"),
          options.flag(false, "preserve-mtime"),
          new UnixFsAttributes(mode == 0 ? -1 : mode, mtime));
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw RpcException.usage("--mode is an octal number, --mtime a number of seconds");
    }
  }
}
