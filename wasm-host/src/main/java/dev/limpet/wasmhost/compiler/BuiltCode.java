package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Takes the code of a module out of a folder where its builder, or the owner, has put it; what is
 * not there, or not to be trusted, is compiled.
 */
public final class BuiltCode implements Compiler {

  private static final System.Logger LOG = System.getLogger(BuiltCode.class.getName());

  private final TrustedCode trusted;
  private final Compiler otherwise;
  private final CompileCounts counts;

  /** Code of trusted builders, or of that compiler, which is closed with this. */
  public BuiltCode(TrustedCode trusted, Compiler otherwise, CompileCounts counts) {
    this.trusted = trusted;
    this.otherwise = otherwise;
    this.counts = counts;
  }

  @Override
  public Artifact compile(byte[] wasm) {
    Path file = trusted.folder().resolve(ModuleCache.sha256(wasm) + SignedCode.SUFFIX);
    try {
      SignedCode.Opened opened = SignedCode.open(read(file), wasm, trusted.builders());
      LOG.log(Level.INFO, "{0} of {1} is used", file.getFileName(), opened.builder());
      counts.count(CompileCounts.Event.BUILT);
      return opened.artifact();
    } catch (NoSuchFileException e) {
      return otherwise.compile(wasm);
    } catch (IOException | CompilerFailedException e) {
      counts.count(CompileCounts.Event.BUILT_REFUSED);
      LOG.log(Level.WARNING, "{0} is not used: {1}", file, e.getMessage());
      return otherwise.compile(wasm);
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(SignedCode.MAX_FILE_BYTES + 1);
      if (bytes.length > SignedCode.MAX_FILE_BYTES) {
        throw new IOException("it is longer than " + SignedCode.MAX_FILE_BYTES + " bytes");
      }
      return bytes;
    }
  }

  @Override
  public void close() {
    otherwise.close();
  }
}
