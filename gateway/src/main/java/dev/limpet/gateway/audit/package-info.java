/** Runs some answers of nodes again on other nodes, and puts those out of service that lie. */
@NullMarked
package dev.limpet.gateway.audit;

import org.jspecify.annotations.NullMarked;
