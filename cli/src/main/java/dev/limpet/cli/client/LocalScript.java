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
import dev.limpet.protocol.disk.FolderTree;
import dev.limpet.runtimes.ForeignPython;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * A script on this machine: a file, or a folder of them.
 *
 * @param path where it is
 * @param runtime what runs it
 * @param cid of its content
 * @param blocks all of it
 */
public record LocalScript(Path path, ScriptRuntime runtime, Cid cid, InMemoryBlockstore blocks) {
  /** Files of a folder: more is no script with its modules but a folder of something else. */
  static final int MAX_SCRIPT_FILES = 2000;

  private static final String PYTHON = ".py";

  /** Whether a file of that name, or a folder, is a script and no module or manifest. */
  public static boolean isScript(Path path) {
    String name = path.toString();
    return name.endsWith(".js")
        || name.endsWith(".mjs")
        || name.endsWith(PYTHON)
        || Files.isDirectory(path);
  }

  /** Whether such a script is one in Python. */
  public static boolean isPython(Path path) {
    return path.toString().endsWith(PYTHON) || Files.exists(path.resolve(ForeignPython.ENTRY));
  }

  /**
   * Reads one.
   *
   * @param python the file of Python's runtime, as typed; empty when nobody said where it is
   * @throws CliException {@code bad-script}, or {@code bad-usage} when it cannot be read
   */
  public static LocalScript read(Path path, String python) {
    try {
      if (isPython(path)) {
        return python(path, ScriptRuntime.python(python));
      }
      return Files.isDirectory(path)
          ? folder(path, path, ScriptRuntime.javascript())
          : file(path, ScriptRuntime.javascript());
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

  private static LocalScript file(Path path, ScriptRuntime runtime) throws IOException {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    var importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    Cid cid = importer.importFile(new ByteArrayInputStream(text(path))).cid();
    return new LocalScript(path, runtime, cid, blocks);
  }

  private static byte[] text(Path path) throws IOException {
    ScriptRules.checkSize(path.toString(), Files.size(path));
    byte[] text = Files.readAllBytes(path);
    ScriptRules.check(path.toString(), text);
    return text;
  }

  /** A folder of the script and, beside it, the program that answers with it. */
  private static LocalScript python(Path path, ScriptRuntime runtime) throws IOException {
    Path made = Files.createTempDirectory("limpet-script");
    try {
      if (Files.isDirectory(path)) {
        checkFolder(path);
        copy(path, made);
      } else {
        Files.write(made.resolve(ForeignPython.ENTRY), text(path));
      }
      Files.write(made.resolve(ForeignPython.PROGRAM), ForeignPython.program());
      return folder(path, made, runtime);
    } finally {
      FolderTree.remove(made);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Iterator<Path> each = all.skip(1).iterator(); each.hasNext(); ) {
        Path one = each.next();
        Files.copy(one, to.resolve(from.relativize(one)), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static LocalScript folder(Path path, Path folder, ScriptRuntime runtime)
      throws IOException {
    checkFolder(folder);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    var importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    Cid cid = importer.importTree(folder, ImportOptions.standard()).cid();
    return new LocalScript(path, runtime, cid, blocks);
  }

  private static void checkFolder(Path path) throws IOException {
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
  }
}
