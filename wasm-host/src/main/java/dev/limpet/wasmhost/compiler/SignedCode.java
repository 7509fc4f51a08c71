package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Code of a module in a file that its builder signed, for nodes that trust that builder. A magic
 * number; the SHA-256 of the module in hexadecimal and the version of engine and pass, each with
 * its length; the code, with its length; a signature of 64 bytes over the SHA-256 of all before.
 */
public final class SignedCode {

  /** The largest code, and what stands around it. */
  static final int MAX_FILE_BYTES = CompilerBounds.MAX_OUTPUT_BYTES + 1024;

  /** What a file of code is named, after the SHA-256 of its module. */
  public static final String SUFFIX = ".code";

  private static final long MAGIC = 0x4C4D504255494C54L; // "LMPBUILT"
  private static final int SIGNATURE_BYTES = 64;
  private static final String DOMAIN = "limpet built code v1\n";

  /** Port: the key of a builder. */
  @FunctionalInterface
  public interface Signer {
    /** An Ed25519 signature, 64 bytes. */
    byte[] sign(byte[] message);
  }

  /** Port: the builders that are trusted. */
  @FunctionalInterface
  public interface Builders {
    /** Which of them signed these bytes, or null when none did. */
    @Nullable String signer(byte[] message, byte[] signature);
  }

  /**
   * Code that may be used.
   *
   * @param artifact the code
   * @param builder who signed it
   */
  record Opened(Artifact artifact, String builder) {}

  private SignedCode() {}

  /**
   * Compiles in this process and signs.
   *
   * @param wasm admitted by the gate
   * @throws dev.limpet.wasmhost.engine.ModuleRefused when the engine cannot take it
   */
  public static byte[] make(byte[] wasm, Signer signer) {
    byte[] code;
    try (Compiler compiler = Compiler.inThisProcess()) {
      code = compiler.compile(wasm).encode();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(code.length + 1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(MAGIC);
      out.writeUTF(ModuleCache.sha256(wasm));
      out.writeUTF(Compiler.version());
      out.writeInt(code.length);
      out.write(code);
      out.write(signer.sign(message(bytes.toByteArray())));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads such a file. Nothing of it is looked at before its signature holds.
   *
   * @throws CompilerFailedException with the reason why it is not used
   */
  static Opened open(byte[] file, byte[] wasm, Builders builders) {
    int signed = file.length - SIGNATURE_BYTES;
    if (signed < 0) {
      throw new CompilerFailedException("it is too short");
    }
    byte[] content = Arrays.copyOf(file, signed);
    byte[] signature = Arrays.copyOfRange(file, signed, file.length);
    String builder = builders.signer(message(content), signature);
    if (builder == null) {
      throw new CompilerFailedException("none of the trusted builders signed it");
    }
    return new Opened(Artifact.received(code(content, wasm), wasm), builder);
  }

  private static byte[] code(byte[] content, byte[] wasm) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      if (in.readLong() != MAGIC) {
        throw new CompilerFailedException("it is no file of code");
      }
      if (!in.readUTF().equals(ModuleCache.sha256(wasm))) {
        throw new CompilerFailedException("it is of another module");
      }
      String version = in.readUTF();
      if (!version.equals(Compiler.version())) {
        throw new CompilerFailedException(
            "it is of version " + CompilerWire.shown(version) + ", not " + Compiler.version());
      }
      if (in.readInt() != in.available()) {
        throw new CompilerFailedException("it has another length than it says");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new CompilerFailedException("it breaks off", e);
    }
  }

  private static byte[] message(byte[] content) {
    return (DOMAIN + ModuleCache.sha256(content)).getBytes(StandardCharsets.US_ASCII);
  }
}
