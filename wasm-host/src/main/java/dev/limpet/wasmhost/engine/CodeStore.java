package dev.limpet.wasmhost.engine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Compiled code on disk. Whoever writes here could run code in this process, so the folder is the
 * owner's alone, and an entry counts only under a MAC with the node's key over all its bytes, its
 * own key among them: neither a changed entry nor one copied from another node, or from another
 * module, is ever given out. Such an entry is deleted.
 *
 * <p>An entry is: eight bytes of magic, the key (32), the content, HMAC-SHA256 of all before (32).
 * It is written beside and renamed, so there is no half one. It is a cache: what cannot be read or
 * written is as if it were not there.
 */
final class CodeStore {

  /** Bytes of one entry: a module of 8 MB makes some 40 MB of code. */
  static final int MAX_ENTRY_BYTES = 256 << 20;

  private static final System.Logger LOG = System.getLogger(CodeStore.class.getName());
  private static final byte[] MAGIC = "LMPCODE1".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_BYTES = 32;
  private static final int MAC_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + KEY_BYTES;
  private static final String SUFFIX = ".code";
  private static final String TEMPORARY = ".tmp";

  private final Path directory;
  private final SecretKey macKey;
  private final long maxBytes;

  private CodeStore(Path directory, SecretKey macKey, long maxBytes) {
    this.directory = directory;
    this.macKey = macKey;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens the folder, making it when absent.
   *
   * @throws IOException when it cannot be made the owner's alone
   */
  static CodeStore open(Path directory, SecretKey macKey, long maxBytes) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    CodeStore store = new CodeStore(directory, macKey, maxBytes);
    for (Entry entry : store.entries(TEMPORARY)) {
      Files.deleteIfExists(entry.path());
    }
    store.evict();
    return store;
  }

  /** The content under that key of 32 bytes, or null. */
  byte @Nullable [] load(byte[] key) {
    Path path = path(key);
    try {
      byte[] entry = read(path);
      if (isGenuine(key, entry)) {
        touch(path);
        return Arrays.copyOfRange(entry, HEADER_BYTES, entry.length - MAC_BYTES);
      }
      LOG.log(Level.WARNING, "compiled code {0} is not ours or damaged: deleted", path);
      Files.deleteIfExists(path);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled code cannot be read: " + path, e);
    }
    return null;
  }

  /** So that what is used stays longest. */
  private static void touch(Path path) {
    try {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "cannot note the use of " + path, e);
    }
  }

  private static byte[] read(Path path) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel channel = Files.newByteChannel(path, options)) {
      long size = channel.size();
      if (size > MAX_ENTRY_BYTES) {
        return new byte[0];
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until it is full, or the file ends early
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  private boolean isGenuine(byte[] key, byte[] entry) {
    int signed = entry.length - MAC_BYTES;
    return signed >= HEADER_BYTES
        && Arrays.equals(entry, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        && Arrays.equals(entry, MAGIC.length, HEADER_BYTES, key, 0, KEY_BYTES)
        && MessageDigest.isEqual(
            mac(entry, signed), Arrays.copyOfRange(entry, signed, entry.length));
  }

  private byte[] mac(byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(macKey);
      mac.update(bytes, 0, length);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Keeps the content, and drops what was not used for longest when that is too much. */
  synchronized void store(byte[] key, byte[] content) {
    long size = (long) HEADER_BYTES + content.length + MAC_BYTES;
    if (size > Math.min(maxBytes, MAX_ENTRY_BYTES)) {
      return;
    }
    byte[] entry = new byte[(int) size];
    System.arraycopy(MAGIC, 0, entry, 0, MAGIC.length);
    System.arraycopy(key, 0, entry, MAGIC.length, KEY_BYTES);
    System.arraycopy(content, 0, entry, HEADER_BYTES, content.length);
    int signed = entry.length - MAC_BYTES;
    System.arraycopy(mac(entry, signed), 0, entry, signed, MAC_BYTES);
    try {
      Path temporary = Files.createTempFile(directory, "new", TEMPORARY);
      Files.write(temporary, entry);
      Files.move(temporary, path(key), StandardCopyOption.ATOMIC_MOVE);
      evict();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled code cannot be kept in " + directory, e);
    }
  }

  /** Forgets the content under that key. */
  void delete(byte[] key) {
    try {
      Files.deleteIfExists(path(key));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled code cannot be deleted: " + path(key), e);
    }
  }

  private Path path(byte[] key) {
    return directory.resolve(HexFormat.of().formatHex(key) + SUFFIX);
  }

  private void evict() throws IOException {
    List<Entry> entries = entries(SUFFIX);
    entries.sort(Comparator.comparing(Entry::time));
    long total = entries.stream().mapToLong(Entry::size).sum();
    for (Entry entry : entries) {
      if (total <= maxBytes) {
        return;
      }
      Files.deleteIfExists(entry.path());
      total -= entry.size();
    }
  }

  private record Entry(Path path, long size, FileTime time) {}

  private List<Entry> entries(String suffix) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "*" + suffix)) {
      for (Path path : paths) {
        long size = Files.size(path);
        entries.add(new Entry(path, size, Files.getLastModifiedTime(path)));
      }
    }
    return entries;
  }
}
