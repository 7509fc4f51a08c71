package dev.limpet.protocol.config;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads files of {@code key = value} lines, and files that hold one secret. */
final class ConfigFile {
  /** Largest file: hundreds of keys with comments stay far below. */
  static final int MAX_FILE_BYTES = 64 << 10;

  private static final Set<PosixFilePermission> FOR_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /** One setting and where it stands. */
  record Line(String key, String value, String origin) {}

  private ConfigFile() {}

  /** The settings of a file; empty lines and lines that start with {@code #} are skipped. */
  static List<Line> read(@Nullable Path file) {
    List<Line> lines = new ArrayList<>();
    if (file == null) {
      return lines;
    }
    int number = 0;
    for (String text : content(file).lines().toList()) {
      number++;
      String line = text.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String origin = file.getFileName() + ":" + number;
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw ConfigSchema.bad(origin + ": expected key = value");
      }
      String key = line.substring(0, equals).strip();
      lines.add(new Line(key, line.substring(equals + 1).strip(), origin));
    }
    return lines;
  }

  /** The secret that a file holds, without the line break at its end. */
  static String secret(Path file, String key) {
    mustBePrivate(file, key);
    return content(file).strip();
  }

  /** Refuses a file with a secret in it that others on this machine may read. */
  static void mustBePrivate(@Nullable Path file, String key) {
    if (file == null) {
      return;
    }
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    try {
      if (!Collections.disjoint(view.readAttributes().permissions(), FOR_OTHERS)) {
        throw ConfigSchema.bad(
            file + " holds the secret " + key + " and others may read it; run chmod 600 " + file);
      }
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String content(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw ConfigSchema.bad(file + " has more than " + MAX_FILE_BYTES + " bytes");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    } catch (CharacterCodingException e) {
      throw new LimpetException(ErrorCode.BAD_CONFIG, file + " is not UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static LimpetException missing(Path file, NoSuchFileException e) {
    return new LimpetException(ErrorCode.BAD_CONFIG, "there is no file " + file, e);
  }

  private static LimpetException unreadable(Path file, IOException e) {
    return new LimpetException(
        ErrorCode.BAD_CONFIG, file + " cannot be read: " + e.getMessage(), e);
  }
}
