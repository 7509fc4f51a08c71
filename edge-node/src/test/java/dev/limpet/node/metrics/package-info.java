/** Counters and gauges of a node. */
@NullMarked
package dev.limpet.node.metrics;

import org.jspecify.annotations.NullMarked;
