package dev.limpet.protocol;

import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A log that keeps its lines for a test, and takes no formats. */
public final class KeptLines implements System.Logger {
  private final List<String> said = new CopyOnWriteArrayList<>();

  /** Level and text of each so far. */
  public List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public String getName() {
    return "lines";
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, String line, @Nullable Throwable thrown) {
    said.add(level + " " + line + (thrown == null ? "" : " with " + thrown));
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
    throw new AssertionError("what strangers send is no format");
  }
}
