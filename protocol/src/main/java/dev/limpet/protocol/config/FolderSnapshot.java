package dev.limpet.protocol.config;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.content.block.PackSnapshot;
import dev.limpet.protocol.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is to be copied of a data folder, held open as it was at one moment: enough for the same
 * process to start from the copy and know all that it had acknowledged. The mark of the format is
 * not among the files; a copy gets it last, when it is whole.
 */
public final class FolderSnapshot implements AutoCloseable {
  private final String process;
  private final List<FrozenFile> files = new ArrayList<>();
  private final List<AutoCloseable> held = new ArrayList<>();

  /**
   * A snapshot without files.
   *
   * @param process whose folder it is, as in {@link FolderFormat}
   */
  public FolderSnapshot(String process) {
    this.process = process;
  }

  /** Adds a file, which is closed with this. */
  public void add(FrozenFile file) {
    held.add(file);
    files.add(file);
  }

  /** Adds the files of a block store, which are closed with this. */
  public void add(PackSnapshot store) {
    held.add(store);
    files.addAll(store.files());
  }

  /**
   * Adds the audit log of a data folder, as far as it is there.
   *
   * @throws IOException when it cannot be read
   */
  public void addAudit(Path dir) throws IOException {
    Path folder = dir.resolve(AuditLog.FOLDER);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        add(FrozenFile.open(file, AuditLog.FOLDER + "/" + file.getFileName()));
      }
    }
  }

  /** Whose folder it is: {@link FolderFormat#GATEWAY} or {@link FolderFormat#NODE}. */
  public String process() {
    return process;
  }

  /** The files, by their names below the folder. */
  public List<FrozenFile> files() {
    return List.copyOf(files);
  }

  /** Lets go of the files. */
  @Override
  public void close() throws IOException {
    List<Exception> failures = new ArrayList<>();
    for (AutoCloseable part : held) {
      try {
        part.close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new IOException("a file did not close", failures.getFirst());
    }
  }
}
