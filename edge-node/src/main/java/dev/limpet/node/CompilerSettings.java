package dev.limpet.node;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.wasmhost.compiler.CompilerBounds;
import dev.limpet.wasmhost.compiler.TrustedCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node is told about compiling functions. */
final class CompilerSettings {
  private static final String CHILD = "child";
  private static final String INLINE = "inline";

  static final ConfigKey<String> COMPILER =
      ConfigKey.choice("compiler", List.of(CHILD, INLINE))
          .orElse(CHILD)
          .says(
              "compile functions in a process of its own, or in the node's, where nothing bounds"
                  + " it: only for modules that you built yourself");

  static final ConfigKey<Long> MEMORY =
      ConfigKey.bytes("compiler-memory", 64L << 20, 1L << 36)
          .orElse("512MiB")
          .says(
              "heap of each process that compiles, two at most; a module needs some thirty times"
                  + " its size");

  static final ConfigKey<Duration> CPU =
      ConfigKey.duration("compiler-cpu", Duration.ofSeconds(1), Duration.ofHours(1))
          .orElse("2m")
          .says(
              "CPU time for compiling one function, which may take four times as long by the"
                  + " clock");

  static final ConfigKey<List<PeerId>> BUILDERS =
      ConfigKey.list(
              ConfigKey.of("trusted-builders", "the key of a builder, 12D3Koo…", PeerId::parse))
          .says(
              "whose code in the folder trusted-code is taken instead of compiling; each is trusted"
                  + " as if it could change this program");

  private CompilerSettings() {}

  static @Nullable CompilerBounds bounds(Config config) {
    return config.get(COMPILER).equals(INLINE)
        ? null
        : CompilerBounds.of(config.get(MEMORY), config.get(CPU));
  }

  static @Nullable TrustedCode builtCode(Config config, Path dir) {
    List<PeerId> builders = config.get(BUILDERS);
    if (builders.isEmpty()) {
      return null;
    }
    return new TrustedCode(
        dir.resolve("trusted-code"),
        (message, signature) ->
            builders.stream()
                .filter(builder -> NodeIdentity.verify(builder, message, signature))
                .map(PeerId::toString)
                .findFirst()
                .orElse(null));
  }
}
