package dev.limpet.protocol.tls;

import java.nio.file.Path;

/**
 * Where the certificate of a server and its key are.
 *
 * @param certificate PEM: the server's own certificate first, then those that signed it
 * @param key PEM: its private key, in the form PKCS #8, without a password
 */
public record KeyFiles(Path certificate, Path key) {}
