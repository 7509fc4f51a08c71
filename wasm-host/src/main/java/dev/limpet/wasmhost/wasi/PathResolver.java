package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a path names below a directory.
 *
 * <p>A path never leaves the directory that it starts from: {@code ..} walks back only along what
 * the path itself has entered, and a link is followed only inside its own file system, from the
 * directory in which it stands, under the same rule. There is no other way up: nodes do not know
 * their parents.
 */
final class PathResolver {

  /** As PATH_MAX on Linux. */
  static final int MAX_PATH_BYTES = 4096;

  /** Links in one path, as on most systems; with the length of targets it bounds the work. */
  static final int MAX_LINKS = 16;

  /** Ticks for a name that is looked up, some 100 nanoseconds. */
  private static final long FUEL_PER_NAME = 64;

  /**
   * Where a path leads.
   *
   * @param parent the directory of the last name
   * @param name the last name; empty when the path ends at a directory that it has walked through
   * @param node what is there, null when nothing
   * @param directoryWanted whether the path ends in a way that only a directory may
   */
  record Found(FsDirectory parent, String name, @Nullable FsNode node, boolean directoryWanted) {}

  private final GuestMemory memory;
  private final Deque<FsDirectory> walked = new ArrayDeque<>();
  private final Deque<String> ahead = new ArrayDeque<>();
  private final boolean followLast;
  private final boolean enterLast;
  private FsDirectory current;
  private int links;

  private PathResolver(
      FsDirectory start, boolean followLast, boolean enterLast, GuestMemory memory) {
    this.current = start;
    this.followLast = followLast;
    this.enterLast = enterLast;
    this.memory = memory;
  }

  /** Reads a path out of a guest's memory. */
  static String read(GuestMemory memory, int address, int length) {
    long bytes = Integer.toUnsignedLong(length);
    int at = memory.at(address, bytes);
    if (bytes > MAX_PATH_BYTES) {
      throw Errno.NAMETOOLONG.error();
    }
    String path;
    try {
      path =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(memory.array(), at, length))
              .toString();
    } catch (CharacterCodingException e) {
      throw Errno.ILSEQ.error();
    }
    if (path.indexOf('\0') >= 0) {
      throw Errno.INVAL.error();
    }
    if (path.isEmpty()) {
      throw Errno.NOENT.error();
    }
    return path;
  }

  /** Resolves a relative path; see {@link Found}. */
  static Found resolve(FsDirectory start, String path, boolean followLast, GuestMemory memory) {
    boolean dot = endsWithDot(path);
    PathResolver resolver = new PathResolver(start, followLast, dot, memory);
    resolver.addAhead(path);
    return resolver.walk(dot || path.endsWith("/"));
  }

  /**
   * Whether the last component is a dot: then what is before it is walked into, and the path names
   * the directory itself, not its entry, which can be neither made nor removed through it.
   */
  private static boolean endsWithDot(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end > 0 && path.charAt(end - 1) == '.' && (end == 1 || path.charAt(end - 2) == '/');
  }

  private void addAhead(String path) {
    if (path.startsWith("/")) {
      throw Errno.NOTCAPABLE.error();
    }
    List<String> names = Arrays.asList(path.split("/"));
    for (int i = names.size() - 1; i >= 0; i--) {
      if (!names.get(i).isEmpty() && !names.get(i).equals(".")) {
        ahead.push(names.get(i));
      }
    }
  }

  private Found walk(boolean directoryWanted) {
    while (!ahead.isEmpty()) {
      memory.charge(FUEL_PER_NAME);
      String name = ahead.pop();
      if (name.equals("..")) {
        if (walked.isEmpty()) {
          throw Errno.NOTCAPABLE.error();
        }
        current = walked.pop();
        continue;
      }
      FsNode node = current.lookup(name);
      if (node instanceof FsLink link && (!ahead.isEmpty() || followLast || directoryWanted)) {
        follow(link);
      } else if (ahead.isEmpty() && !enterLast) {
        return new Found(current, name, node, directoryWanted);
      } else {
        enter(node);
      }
    }
    return new Found(current, "", current, directoryWanted);
  }

  private void follow(FsLink link) {
    if (++links > MAX_LINKS) {
      throw Errno.LOOP.error();
    }
    String target = link.target();
    if (target.length() > MAX_PATH_BYTES) {
      throw Errno.NAMETOOLONG.error();
    }
    if (target.isEmpty()) {
      throw Errno.NOENT.error();
    }
    addAhead(target);
  }

  private void enter(@Nullable FsNode node) {
    switch (node) {
      case null -> throw Errno.NOENT.error();
      case FsDirectory directory -> {
        walked.push(current);
        current = directory;
      }
      case FsFile file -> throw Errno.NOTDIR.error();
      case FsLink link -> throw new IllegalStateException("links on the way are followed");
    }
  }
}
