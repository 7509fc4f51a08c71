/** Tests of the HTTP server of a node. */
@NullMarked
package dev.limpet.node.http;

import org.jspecify.annotations.NullMarked;
