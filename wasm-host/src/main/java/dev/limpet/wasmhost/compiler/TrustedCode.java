package dev.limpet.wasmhost.compiler;

import java.nio.file.Path;

/**
 * Where code is that others made, and whose counts.
 *
 * @param folder need not exist; files in it are named by the SHA-256 of a module and {@code .code}
 * @param builders whose signature counts
 */
public record TrustedCode(Path folder, SignedCode.Builders builders) {}
