/** Invocations: from a request of the gateway to a guest's answer. */
@NullMarked
package dev.limpet.node.invoke;

import org.jspecify.annotations.NullMarked;
