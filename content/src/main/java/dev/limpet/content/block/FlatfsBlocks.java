package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multibase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a Kubo repository where they lie: its folder {@code blocks}, a flatfs
 * datastore. A block is a file {@code KEY.data} in a folder that part of its key names, as the file
 * {@code SHARDING} says; the key is the multihash in base32 with capital letters.
 *
 * <p>Nothing is ever written, and a running Kubo is not asked: a block that it removes meanwhile is
 * just not here. Each block is hashed when it is read. All methods may be called from any thread.
 */
public final class FlatfsBlocks implements BlockSource {
  private static final String SHARDING = "SHARDING";
  private static final int MAX_SHARDING_BYTES = 256;
  private static final Pattern FUNCTION =
      Pattern.compile("/repo/flatfs/shard/v1/(next-to-last|prefix|suffix)/([1-9]|[1-5][0-9])");

  private final Path directory;
  private final String function;
  private final int length;

  private FlatfsBlocks(Path directory, String function, int length) {
    this.directory = directory;
    this.function = function;
    this.length = length;
  }

  /**
   * Looks at a folder.
   *
   * @param directory the folder {@code blocks} of a Kubo repository
   * @return its blocks
   * @throws StoreFailedException when it has no {@code SHARDING} file, or one of another kind
   */
  public static FlatfsBlocks open(Path directory) {
    Path file = directory.resolve(SHARDING);
    try (InputStream in = Files.newInputStream(file)) {
      String said =
          new String(in.readNBytes(MAX_SHARDING_BYTES), StandardCharsets.US_ASCII).strip();
      Matcher matcher = FUNCTION.matcher(said);
      if (!matcher.matches()) {
        throw new StoreFailedException(
            file + " says '" + said + "', which is no sharding of flatfs that is known here");
      }
      return new FlatfsBlocks(directory, matcher.group(1), Integer.parseInt(matcher.group(2)));
    } catch (NoSuchFileException e) {
      throw new StoreFailedException(
          directory
              + " is no flatfs folder: it has no file SHARDING; name the 'blocks' of a Kubo"
              + " repository",
          e);
    } catch (IOException e) {
      throw new StoreFailedException("cannot read " + file + ": " + e, e);
    }
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digest();
    }
    if (!cid.multihash().isVerifiable()) {
      return null;
    }
    Path file = fileOf(cid);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Block.MAX_BLOCK_BYTES + 1);
      if (bytes.length > Block.MAX_BLOCK_BYTES || !cid.multihash().matches(bytes)) {
        throw new HashMismatchException(cid);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreFailedException("cannot read " + file + ": " + e, e);
    }
  }

  @Override
  public long sizeOf(Cid cid) {
    if (cid.isIdentity() || !cid.multihash().isVerifiable()) {
      return cid.isIdentity() ? cid.multihash().digestLength() : -1;
    }
    Path file = fileOf(cid);
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    } catch (IOException e) {
      throw new StoreFailedException("cannot read " + file + ": " + e, e);
    }
  }

  private Path fileOf(Cid cid) {
    String key = Multibase.BASE32.encode(cid.multihash().toBytes()).toUpperCase(Locale.ROOT);
    return directory.resolve(shardOf(key)).resolve(key + ".data");
  }

  private String shardOf(String key) {
    int last = key.length() - 1;
    return switch (function) {
      case "prefix" -> key.substring(0, length);
      case "suffix" -> key.substring(key.length() - length);
      default -> key.substring(last - length, last);
    };
  }
}
