/** Many nodes that only say what they hold: what that costs a gateway. */
@NullMarked
package dev.limpet.benchmarks.swarm;

import org.jspecify.annotations.NullMarked;
