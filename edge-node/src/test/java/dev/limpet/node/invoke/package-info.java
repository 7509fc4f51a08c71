/** Invocations, part by part. */
@NullMarked
package dev.limpet.node.invoke;

import org.jspecify.annotations.NullMarked;
