/** The node's HTTP surface: one class per resource over a thin layer that tames the server. */
@NullMarked
package dev.limpet.node.http;

import org.jspecify.annotations.NullMarked;
