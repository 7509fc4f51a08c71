package dev.limpet.wasmhost.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.engine.Artifact;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuiltCodeTest {

  private static final byte[] HELLO = SampleModules.hello();

  @TempDir private Path folder = Path.of("");

  private final KeyPair trusted = newKey();
  private final CompileCounts counts = new CompileCounts();
  private final AtomicInteger compiled = new AtomicInteger();
  private @Nullable BuiltCode code;

  BuiltCodeTest() {}

  private static KeyPair newKey() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sign(KeyPair key, byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable String signer(byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(trusted.getPublic());
      verifier.update(message);
      return verifier.verify(signature) ? "the builder" : null;
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  @BeforeEach
  void open() {
    code =
        new BuiltCode(
            new TrustedCode(folder, this::signer),
            wasm -> {
              compiled.incrementAndGet();
              return Compiler.inThisProcess().compile(wasm);
            },
            counts);
  }

  private Artifact compile() {
    if (code == null) {
      throw new IllegalStateException("not open");
    }
    return code.compile(HELLO);
  }

  private void put(byte[] file) throws IOException {
    Files.write(folder.resolve(ModuleCache.sha256(HELLO) + ".code"), file);
  }

  @Test
  void code_of_a_trusted_builder_is_taken_and_nothing_is_compiled() throws IOException {
    byte[] own = compile().encode();
    assertEquals(1, compiled.get());
    put(SignedCode.make(HELLO, message -> sign(trusted, message)));
    assertArrayEquals(own, compile().encode());
    assertEquals(1, compiled.get());
    assertEquals(1, counts.of(CompileCounts.Event.BUILT));
  }

  @Test
  void code_that_was_touched_or_signed_by_a_stranger_is_compiled_here() throws IOException {
    KeyPair stranger = newKey();
    put(SignedCode.make(HELLO, message -> sign(stranger, message)));
    var _ = compile();
    assertEquals(1, compiled.get());
    byte[] genuine = SignedCode.make(HELLO, message -> sign(trusted, message));
    int tries = 1;
    for (int at : new int[] {0, 12, 90, genuine.length / 2, genuine.length - 1}) {
      byte[] changed = genuine.clone();
      changed[at] ^= 1;
      put(changed);
      var _ = compile();
      assertEquals(++tries, compiled.get(), "byte " + at);
    }
    for (int length : new int[] {0, 63, 64, genuine.length - 1}) {
      put(Arrays.copyOf(genuine, length));
      var _ = compile();
      assertEquals(++tries, compiled.get(), "length " + length);
    }
    assertEquals(tries, counts.of(CompileCounts.Event.BUILT_REFUSED));
    assertEquals(0, counts.of(CompileCounts.Event.BUILT));
  }

  /** What a trusted builder signed, and what is in it all the same. */
  private byte[] signed(String sha256, String version, byte[] artifact) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeBytes("LMPBUILT");
    out.writeUTF(sha256);
    out.writeUTF(version);
    out.writeInt(artifact.length);
    out.write(artifact);
    String message = "limpet built code v1\n" + ModuleCache.sha256(bytes.toByteArray());
    out.write(sign(trusted, message.getBytes(StandardCharsets.US_ASCII)));
    return bytes.toByteArray();
  }

  @Test
  void a_trusted_signature_does_not_make_up_for_another_module_version_or_code()
      throws IOException {
    byte[] artifact = Compiler.inThisProcess().compile(HELLO).encode();
    byte[] other = Compiler.inThisProcess().compile(SampleModules.echo()).encode();
    String sha256 = ModuleCache.sha256(HELLO);
    SignedCode.Opened opened =
        SignedCode.open(signed(sha256, Compiler.version(), artifact), HELLO, this::signer);
    assertArrayEquals(artifact, opened.artifact().encode());
    assertEquals("the builder", opened.builder());
    byte[][] wrong = {
      signed(ModuleCache.sha256(other), Compiler.version(), artifact),
      signed(sha256, Compiler.version() + "0", artifact),
      signed(sha256, Compiler.version(), other),
      signed(sha256, Compiler.version(), Arrays.copyOf(artifact, 1000)),
    };
    for (byte[] file : wrong) {
      assertThrows(CompilerFailedException.class, () -> SignedCode.open(file, HELLO, this::signer));
    }
  }
}
