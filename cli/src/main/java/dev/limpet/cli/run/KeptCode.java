package dev.limpet.cli.run;

import dev.limpet.wasmhost.SandboxConfig;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Compiled code that stays for the next command of the same user: a language runtime takes seconds
 * to compile, and is the same for all scripts. The folder and the key that vouches for what is in
 * it are the user's alone.
 */
final class KeptCode {
  /** Some versions of all runtimes, of 10 MB each. */
  static final long MAX_KEPT_CODE_BYTES = 128L << 20;

  private static final int KEY_BYTES = 32;
  private static final System.Logger LOG = System.getLogger(KeptCode.class.getName());

  private KeptCode() {}

  /** A cache in the user's own folder, or null when there can be none. */
  static SandboxConfig.@Nullable CompiledCache open(long memoryBytes) {
    Path folder = Path.of(System.getProperty("user.home"), ".limpet", "run");
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      byte[] key = key(folder.resolve("key"));
      return new SandboxConfig.CompiledCache(
          folder, new SecretKeySpec(key, "HmacSHA256"), MAX_KEPT_CODE_BYTES, memoryBytes);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(Level.DEBUG, "compiled code is not kept in " + folder, e);
      return null;
    }
  }

  private static byte[] key(Path file) throws IOException {
    byte[] made = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(made);
    var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mine)) {
      int _ = channel.write(java.nio.ByteBuffer.wrap(made));
      return made;
    } catch (FileAlreadyExistsException e) {
      byte[] kept = Files.readAllBytes(file);
      if (kept.length != KEY_BYTES) {
        throw new IOException(file + " is no key", e);
      }
      return kept;
    }
  }
}
