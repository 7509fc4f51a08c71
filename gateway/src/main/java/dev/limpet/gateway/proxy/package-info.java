/** The way of one request to a node and back: streamed, with backpressure, never cut in silence. */
@NullMarked
package dev.limpet.gateway.proxy;

import org.jspecify.annotations.NullMarked;
