package dev.limpet.wasmhost.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A data mount over arrays, which counts what is read and can lose its data on demand. */
public final class InMemoryDataMount implements DataMount {

  private final Node root;
  private final AtomicLong bytesRead = new AtomicLong();
  private volatile boolean lost;
  private volatile long mtimeSeconds;

  private InMemoryDataMount(Node root) {
    this.root = root;
  }

  /** A mount that is one file. */
  public static InMemoryDataMount file(byte[] content) {
    return new InMemoryDataMount(new Node("", content, null));
  }

  /** A mount that is one file of text in UTF-8. */
  public static InMemoryDataMount file(String content) {
    return file(content.getBytes(StandardCharsets.UTF_8));
  }

  /** An empty directory, to be filled with {@link #add} and {@link #addLink}. */
  public static InMemoryDataMount directory() {
    return new InMemoryDataMount(new Node("", null, null));
  }

  /** Adds a file, and the directories above it. */
  public InMemoryDataMount add(String path, byte[] content) {
    put(path, content, null);
    return this;
  }

  /** Adds a file of text in UTF-8. */
  public InMemoryDataMount add(String path, String content) {
    return add(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a symbolic link. */
  public InMemoryDataMount addLink(String path, String target) {
    put(path, null, target);
    return this;
  }

  private void put(String path, byte @Nullable [] content, @Nullable String target) {
    Node at = root;
    String[] names = path.split("/");
    for (int i = 0; i < names.length - 1; i++) {
      String below = String.join("/", Arrays.copyOf(names, i + 1));
      at = at.children.computeIfAbsent(names[i], name -> new Node(below, null, null));
    }
    at.children.put(names[names.length - 1], new Node(path, content, target));
  }

  /** From now on everything was last changed then, seconds since 1970. */
  public InMemoryDataMount changedAt(long seconds) {
    mtimeSeconds = seconds;
    return this;
  }

  /** From now on nothing can be read. */
  public void lose() {
    lost = true;
  }

  /** Bytes of files that were read so far. */
  public long bytesRead() {
    return bytesRead.get();
  }

  @Override
  public DataNode root() {
    return view(root);
  }

  private DataNode view(Node node) {
    check();
    if (node.target != null) {
      return new Link(node, node.target);
    }
    return node.content == null ? new Directory(node) : new File(node, node.content);
  }

  private void check() {
    if (lost) {
      throw new DataUnavailableException("the fake lost its data", null);
    }
  }

  private static final class Node {
    private final String path;
    private final byte @Nullable [] content;
    private final @Nullable String target;
    private final NavigableMap<String, Node> children =
        new TreeMap<>(InMemoryDataMount::compareNames);

    Node(String path, byte @Nullable [] content, @Nullable String target) {
      this.path = path;
      this.content = content;
      this.target = target;
    }
  }

  private static int compareNames(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /** What all nodes share. */
  private static long inodeOf(Node node) {
    return Integer.toUnsignedLong(node.path.hashCode());
  }

  private final class File implements DataFile {
    private final Node node;
    private final byte[] content;

    File(Node node, byte[] content) {
      this.node = node;
      this.content = content;
    }

    @Override
    public long inode() {
      return inodeOf(node);
    }

    @Override
    public long mtimeSeconds() {
      return mtimeSeconds;
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
      check();
      System.arraycopy(content, Math.toIntExact(position), target, offset, length);
      bytesRead.addAndGet(length);
    }
  }

  private final class Directory implements DataDirectory {
    private final Node node;

    Directory(Node node) {
      this.node = node;
    }

    @Override
    public long inode() {
      return inodeOf(node);
    }

    @Override
    public long mtimeSeconds() {
      return mtimeSeconds;
    }

    @Override
    public @Nullable DataNode lookup(String name) {
      check();
      Node child = node.children.get(name);
      return child == null ? null : view(child);
    }

    @Override
    public DataPage list(@Nullable String afterName, int limit) {
      check();
      var rest = afterName == null ? node.children : node.children.tailMap(afterName, false);
      List<DataEntry> entries = new ArrayList<>();
      for (var child : rest.entrySet()) {
        if (entries.size() == limit) {
          return new DataPage(entries, false);
        }
        entries.add(new DataEntry(child.getKey(), inodeOf(child.getValue()), kind(child)));
      }
      return new DataPage(entries, true);
    }

    private static DataEntry.Kind kind(Map.Entry<String, Node> child) {
      if (child.getValue().target != null) {
        return DataEntry.Kind.LINK;
      }
      return child.getValue().content == null ? DataEntry.Kind.DIRECTORY : DataEntry.Kind.FILE;
    }
  }

  private final class Link implements DataLink {
    private final Node node;
    private final String target;

    Link(Node node, String target) {
      this.node = node;
      this.target = target;
    }

    @Override
    public long inode() {
      return inodeOf(node);
    }

    @Override
    public long mtimeSeconds() {
      return mtimeSeconds;
    }

    @Override
    public String target() {
      return target;
    }
  }
}
