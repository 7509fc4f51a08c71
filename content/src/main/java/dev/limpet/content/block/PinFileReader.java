package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a pin file from its beginning; whatever is not as it was written ends it with an error. */
final class PinFileReader {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Path file;
  private final Map<Cid, Pin> pins;
  private long end;
  private long lines;
  private boolean old;

  PinFileReader(Path file, Map<Cid, Pin> pins) {
    this.file = file;
    this.pins = pins;
  }

  /** Applies all changes; one that is not finished at the end was never acknowledged. */
  void read() throws IOException {
    try (InputStream in =
        new BufferedInputStream(new FileInputStream(file.toFile()), BUFFER_BYTES)) {
      for (String line = nextLine(in); line != null; line = nextLine(in)) {
        apply(line);
      }
    }
    if (lines == 0) {
      throw damaged("the file is empty or cut");
    }
  }

  /** Where the last finished change ends. */
  long end() {
    return end;
  }

  long lines() {
    return lines;
  }

  /** Whether it is of an older form. */
  boolean isOld() {
    return old;
  }

  /** The next line without its end, or null when only an unfinished one or nothing follows. */
  private @Nullable String nextLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return line.toString();
      }
      line.append((char) next);
      if (line.length() > PinJournal.MAX_LINE_BYTES) {
        throw damaged("line " + (lines + 1) + " is too long");
      }
    }
    return null;
  }

  private void apply(String line) {
    try {
      if (lines == 0 && !PinJournal.isFirst(line + "\n")) {
        throw new IllegalArgumentException("it is not the first line of a pin file");
      }
      old |= lines == 0 && PinJournal.isOld(line + "\n");
      if (lines > 0) {
        PinJournal.apply(line, pins);
      }
    } catch (IllegalArgumentException | ContentLimitException e) {
      throw damaged("line " + (lines + 1) + ": " + e.getMessage());
    }
    lines++;
    end += line.length() + 1L;
  }

  private StoreFailedException damaged(String detail) {
    return new StoreFailedException(
        "the pin file %s is damaged (%s); ".formatted(file, detail)
            + "restore it from a backup, or move it away to start without pins");
  }
}
