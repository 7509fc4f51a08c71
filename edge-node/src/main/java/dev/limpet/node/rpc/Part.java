package dev.limpet.node.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a multipart body: a file, a directory or a symbolic link, as clients of Kubo send. */
final class Part {
  /** Bytes of a name with all directories before it, as file systems have it. */
  static final int MAX_PART_NAME_CHARS = 4096;

  /** Where a symbolic link points; Linux allows as much. */
  static final int MAX_LINK_BYTES = 4096;

  /** Names within each other in one upload, as deep as directories are walked. */
  static final int MAX_PART_DEPTH = 256;

  private static final int PERMISSIONS = 07777;

  private final Map<String, String> head;
  private final HeaderParameters disposition;
  private final InputStream body;

  /** What a part is. */
  enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK
  }

  Part(Map<String, String> head, InputStream body) {
    this.head = head;
    this.disposition = HeaderParameters.parse(head.getOrDefault("content-disposition", ""));
    this.body = body;
  }

  InputStream body() {
    return body;
  }

  Kind kind() {
    String type = HeaderParameters.parse(head.getOrDefault("content-type", "")).value();
    return switch (type) {
      case "application/x-directory" -> Kind.DIRECTORY;
      case "application/symlink" -> Kind.SYMLINK;
      case "multipart/form-data", "multipart/mixed" ->
          throw RpcException.failed("parts within parts are not read; send a part a file");
      default -> Kind.FILE;
    };
  }

  /** Where a link points. */
  byte[] target() throws IOException {
    byte[] target = body.readNBytes(MAX_LINK_BYTES + 1);
    if (target.length > MAX_LINK_BYTES) {
      throw RpcException.failed("a symbolic link has at most " + MAX_LINK_BYTES + " bytes");
    }
    return target;
  }

  /**
   * The names that lead to it, cleaned of {@code .} and {@code ..}; none when it has no name.
   *
   * @throws RpcException when they are too many, too long, or none that a file can have
   */
  List<String> path() {
    String text = disposition.get("filename");
    if (text.length() > MAX_PART_NAME_CHARS) {
      throw RpcException.failed("a name has at most " + MAX_PART_NAME_CHARS + " characters");
    }
    Deque<String> names = new ArrayDeque<>();
    for (String name : decoded(text).split("/", -1)) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    if (names.size() > MAX_PART_DEPTH) {
      throw RpcException.failed("files lie at most " + MAX_PART_DEPTH + " directories deep");
    }
    if (names.stream().anyMatch(name -> name.indexOf('\0') >= 0)) {
      throw RpcException.failed("a name of a file has no NUL in it");
    }
    return List.copyOf(names);
  }

  /** Form encoded; where it is not, it stands as it is. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** The permissions that the client tells, or -1. */
  int mode() {
    try {
      String mode = stated("mode");
      return mode == null ? -1 : (int) (Long.parseLong(mode, 8) & PERMISSIONS);
    } catch (NumberFormatException e) {
      throw RpcException.failed("the mode of a file is an octal number");
    }
  }

  /** The time of the last change that the client tells, or null. */
  @Nullable Instant mtime() {
    try {
      String seconds = stated("mtime");
      String nanos = stated("mtime-nsecs");
      return seconds == null
          ? null
          : Instant.ofEpochSecond(
              Long.parseLong(seconds), nanos == null ? 0 : Long.parseLong(nanos));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      throw RpcException.failed("the mtime of a file is a number of seconds");
    }
  }

  /** A parameter within the part's name: {@code file?mode=0644&mtime=1795413694}. */
  private @Nullable String stated(String key) {
    String name = disposition.get("name");
    int question = name.indexOf('?');
    if (question >= 0) {
      for (String pair : name.substring(question + 1).split("&", -1)) {
        if (pair.startsWith(key + "=")) {
          return pair.substring(key.length() + 1);
        }
      }
    }
    return null;
  }
}
