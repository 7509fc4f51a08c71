/**
 * Certificates and keys in PEM files: of a server, read anew when they change, and of authorities.
 */
@NullMarked
package dev.limpet.protocol.tls;

import org.jspecify.annotations.NullMarked;
