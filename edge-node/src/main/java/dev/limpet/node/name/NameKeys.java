package dev.limpet.node.name;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.ipns.IpnsName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keys that names of this node are signed with: its own, called {@code self}, and those that
 * its owner had made, each in a file of its own with mode 0600. What was made, renamed or removed
 * is on the disk when the call returns. May be used by several threads.
 */
public final class NameKeys {
  /** The name of the node's own key, which is neither renamed nor removed. */
  public static final String SELF = "self";

  /** Keys beside the node's own; some 200 bytes each. */
  static final int MAX_KEYS = 1000;

  /** A name is the name of a file as well. */
  static final int MAX_KEY_NAME_CHARS = 64;

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (MAX_KEY_NAME_CHARS - 1) + "}");

  private static final String ENDING = ".key";

  private final Path folder;
  private final NodeIdentity self;
  private final TreeMap<String, NodeIdentity> keys = new TreeMap<>();

  private NameKeys(Path folder, NodeIdentity self) {
    this.folder = folder;
    this.self = self;
  }

  /**
   * Reads the keys in a folder, which is made with the first of them.
   *
   * @param self the node's own key
   * @throws IOException when one cannot be read
   */
  public static NameKeys open(Path folder, NodeIdentity self) throws IOException {
    NameKeys opened = new NameKeys(folder, self);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.sorted().toList()) {
          String name = String.valueOf(file.getFileName());
          if (name.endsWith(ENDING)) {
            String key = name.substring(0, name.length() - ENDING.length());
            opened.keys.put(key, NodeIdentity.loadOrCreate(file));
          }
        }
      }
    }
    return opened;
  }

  /** All keys by their names in alphabetical order, without the node's own. */
  public synchronized Map<String, PeerId> list() {
    Map<String, PeerId> owners = new TreeMap<>();
    keys.forEach((name, key) -> owners.put(name, key.peerId()));
    return owners;
  }

  /**
   * A key by its name, or by the name that it owns ({@code k51…}).
   *
   * @throws NameException when there is none
   */
  public synchronized NodeIdentity find(String nameOrOwner) {
    if (nameOrOwner.equals(SELF)) {
      return self;
    }
    NodeIdentity named = keys.get(nameOrOwner);
    if (named != null) {
      return named;
    }
    return Stream.concat(Stream.of(self), keys.values().stream())
        .filter(key -> isOf(key, nameOrOwner))
        .findFirst()
        .orElseThrow(() -> new NameException("no key by the given name was found"));
  }

  private static boolean isOf(NodeIdentity key, String owner) {
    return key.peerId().toString().equals(owner)
        || new IpnsName(key.peerId()).toString().equals(owner);
  }

  /**
   * Makes a key.
   *
   * @throws NameException when there is one of this name, it cannot be one, or there are too many
   */
  public synchronized PeerId generate(String name) {
    requireName(name, "create");
    if (keys.containsKey(name)) {
      throw new NameException("key with name '" + name + "' already exists");
    }
    if (keys.size() >= MAX_KEYS) {
      throw new NameException("there are " + MAX_KEYS + " keys, the most that can be");
    }
    try {
      if (!Files.isDirectory(folder)) {
        Path _ =
            Files.createDirectory(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SyncedFiles.syncFolder(folder.toAbsolutePath().resolveSibling("."));
      }
      NodeIdentity made = NodeIdentity.loadOrCreate(file(name));
      keys.put(name, made);
      return made.peerId();
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "the key could not be written", e);
    }
  }

  /**
   * What a rename did.
   *
   * @param owner the key that has the new name now
   * @param overwritten whether another had it before, which is gone
   */
  public record Renamed(PeerId owner, boolean overwritten) {}

  /**
   * Gives a key another name.
   *
   * @param force whether a key that has that name is removed
   * @throws NameException when there is no such key, or another has that name
   */
  public synchronized Renamed rename(String from, String to, boolean force) {
    if (from.equals(SELF)) {
      throw new NameException("cannot rename key with name '" + SELF + "'");
    }
    requireName(to, "overwrite");
    NodeIdentity key = require(from);
    boolean taken = keys.containsKey(to) && !from.equals(to);
    if (taken && !force) {
      throw new NameException("key by that name already exists, refusing to overwrite");
    }
    try {
      Path _ = Files.move(file(from), file(to), StandardCopyOption.ATOMIC_MOVE);
      SyncedFiles.syncFolder(folder);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "the key could not be renamed", e);
    }
    keys.remove(from);
    keys.put(to, key);
    return new Renamed(key.peerId(), taken);
  }

  /**
   * Removes a key for good: nobody can sign for its name again.
   *
   * @throws NameException when there is no such key
   */
  public synchronized PeerId remove(String name) {
    if (name.equals(SELF)) {
      throw new NameException("cannot remove key with name '" + SELF + "'");
    }
    NodeIdentity key = require(name);
    try {
      Files.delete(file(name));
      SyncedFiles.syncFolder(folder);
    } catch (NoSuchFileException e) {
      throw new NameException("no key named " + name + " was found", e);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "the key could not be removed", e);
    }
    keys.remove(name);
    return key.peerId();
  }

  private NodeIdentity require(String name) {
    NodeIdentity key = keys.get(name);
    if (key == null) {
      throw new NameException("no key named " + name + " was found");
    }
    return key;
  }

  private static void requireName(String name, String what) {
    if (name.equals(SELF)) {
      throw new NameException("cannot " + what + " key with name '" + SELF + "'");
    }
    if (name.isEmpty()) {
      throw new NameException("key name must be at least one character");
    }
    if (!NAME.matcher(name).matches()) {
      throw new NameException(
          "the name of a key has at most "
              + MAX_KEY_NAME_CHARS
              + " letters, digits, '.', '_' and '-', and begins with a letter or digit");
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ENDING);
  }
}
