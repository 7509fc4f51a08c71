/** Who may do what: rules about hosts, origins, tokens and bindings, as pure decisions. */
@NullMarked
package dev.limpet.protocol.access;

import org.jspecify.annotations.NullMarked;
