/** The HTTP surface of the gateway: one class for each resource, one mapper of errors. */
@NullMarked
package dev.limpet.gateway.http;

import org.jspecify.annotations.NullMarked;
