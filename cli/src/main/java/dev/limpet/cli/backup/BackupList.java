package dev.limpet.cli.backup;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.cid.Sha256;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a backup holds: the last file in it. Its own name has its digest, so that whatever is
 * changed in a backup, something in it does not fit any more.
 *
 * @param kind {@code gateway}, {@code node}, or {@code machine} for the folder of {@code limpet up}
 * @param createdAt when it was made, to the second
 * @param folders the data folders in it, {@code .} for the only one, and whose each is
 * @param files all files in the order in which they come
 */
record BackupList(String kind, Instant createdAt, Map<String, String> folders, List<Item> files) {
  /** The form that this build writes; those of newer builds are refused. */
  static final int FORMAT = 1;

  /** Files of one backup: 5 TiB in segments; each takes some 150 bytes of the list. */
  static final int MAX_BACKUP_FILES = 20_000;

  /** The list itself; as many files with the longest names. */
  static final int MAX_LIST_BYTES = 8 << 20;

  private static final Pattern FILE_NAME = Pattern.compile("backup-([0-9a-f]{64})\\.json");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> PROCESSES = Set.of("gateway", "node");
  private static final Jsonb JSON = Jsonb.builder().build();

  /**
   * One file.
   *
   * @param name below the folder that was backed up
   * @param size in bytes
   * @param sha256 of its bytes, hexadecimal
   */
  record Item(String name, long size, String sha256) {}

  /** Copies the collections. */
  BackupList {
    folders = Map.copyOf(folders);
    files = List.copyOf(files);
  }

  /** Whether a file of this name is the list. */
  static boolean isList(String name) {
    return FILE_NAME.matcher(name).matches();
  }

  /** The name of a list with this text. */
  static String nameOf(byte[] text) {
    return "backup-" + HexFormat.of().formatHex(Sha256.of(text)) + ".json";
  }

  /** Bytes of all files. */
  long bytes() {
    return files.stream().mapToLong(Item::size).sum();
  }

  byte[] encode() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("kind", kind);
    json.put("createdAt", createdAt.truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("folders", folders);
    List<Map<String, Object>> items = new ArrayList<>();
    for (Item file : files) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("name", file.name());
      item.put("size", file.size());
      item.put("sha256", file.sha256());
      items.add(item);
    }
    json.put("files", items);
    return JSON.type(Object.class).toJson(json).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException saying why it is none, or that a newer build made it
   */
  static BackupList decode(byte[] text) {
    JsonObject json = JsonObject.parse(new String(text, StandardCharsets.UTF_8));
    long format = json.number("format");
    if (format > FORMAT) {
      throw new IllegalArgumentException(
          "it has format " + format + " and this build knows " + FORMAT + "; use a newer build");
    }
    List<Item> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonObject file : json.objects("files")) {
      Item item = new Item(file.text("name"), file.number("size"), file.text("sha256"));
      if (!TarHeader.isName(item.name())
          || !DIGEST.matcher(item.sha256()).matches()
          || !names.add(item.name())) {
        throw new IllegalArgumentException("its list names '" + item.name() + "' wrongly");
      }
      files.add(item);
    }
    return new BackupList(json.text("kind"), time(json), folders(json), files);
  }

  private static Map<String, String> folders(JsonObject json) {
    Map<String, String> folders = new LinkedHashMap<>();
    json.object("folders").fields().forEach((path, owner) -> folders.put(path, owner.toString()));
    folders.forEach(
        (path, owner) -> {
          boolean plain = path.equals(".") || (TarHeader.isName(path) && path.indexOf('/') < 0);
          if (!plain || !PROCESSES.contains(owner)) {
            throw new IllegalArgumentException("its list names the folder '" + path + "' wrongly");
          }
        });
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("its list names no folder");
    }
    return folders;
  }

  private static Instant time(JsonObject json) {
    try {
      return Instant.parse(json.text("createdAt"));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("its list has no time", e);
    }
  }
}
