/** What a node counts about itself. */
@NullMarked
package dev.limpet.node.metrics;

import org.jspecify.annotations.NullMarked;
