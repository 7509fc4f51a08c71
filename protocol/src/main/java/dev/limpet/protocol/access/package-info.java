/**
 * Who may do what: rules about hosts, origins, tokens and bindings, as pure decisions. And clients
 * of HTTP that believe whom they are told to.
 */
@NullMarked
package dev.limpet.protocol.access;

import org.jspecify.annotations.NullMarked;
