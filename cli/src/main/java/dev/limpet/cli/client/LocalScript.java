package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ScriptRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * A script on this machine: a file, or a folder of them.
 *
 * @param path where it is
 * @param cid of its content
 * @param blocks all of it
 */
public record LocalScript(Path path, Cid cid, InMemoryBlockstore blocks) {
  /** Files of a folder: more is no script with its modules but a folder of something else. */
  static final int MAX_SCRIPT_FILES = 2000;

  /** Whether a file of that name, or a folder, is a script and no module or manifest. */
  public static boolean isScript(Path path) {
    String name = path.toString();
    return name.endsWith(".js") || name.endsWith(".mjs") || Files.isDirectory(path);
  }

  /**
   * Reads one.
   *
   * @throws CliException {@code bad-script}, or {@code bad-usage} when it cannot be read
   */
  public static LocalScript read(Path path) {
    try {
      return Files.isDirectory(path) ? folder(path) : file(path);
    } catch (LimpetException e) {
      throw new CliException(e.code(), e.problem().detail());
    } catch (ContentException e) {
      throw new CliException(ErrorCode.BAD_SCRIPT, path + ": " + e.getMessage());
    } catch (NoSuchFileException e) {
      throw CliException.usage("no file " + path);
    } catch (IOException | UncheckedIOException e) {
      throw CliException.usage("cannot read " + path + ": " + e.getMessage());
    }
  }

  private static LocalScript file(Path path) throws IOException {
    ScriptRules.checkSize(path.toString(), Files.size(path));
    byte[] text = Files.readAllBytes(path);
    ScriptRules.check(path.toString(), text);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    var importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    return new LocalScript(path, importer.importFile(new ByteArrayInputStream(text)).cid(), blocks);
  }

  private static LocalScript folder(Path path) throws IOException {
    long bytes = 0;
    int files = 0;
    try (Stream<Path> all = Files.walk(path)) {
      for (Iterator<Path> each = all.iterator(); each.hasNext(); ) {
        Path one = each.next();
        files++;
        bytes += Files.isRegularFile(one) ? Files.size(one) : 0;
        if (files > MAX_SCRIPT_FILES) {
          throw new LimpetException(
              ErrorCode.BAD_SCRIPT,
              path + " has more than " + MAX_SCRIPT_FILES + " files: bundle them into one");
        }
      }
    }
    ScriptRules.checkSize(path.toString(), bytes);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    var importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    return new LocalScript(path, importer.importTree(path, ImportOptions.standard()).cid(), blocks);
  }
}
