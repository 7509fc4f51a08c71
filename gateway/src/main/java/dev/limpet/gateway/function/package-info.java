/** Functions that were deployed here: their modules and manifests, kept and sent to nodes. */
@NullMarked
package dev.limpet.gateway.function;

import org.jspecify.annotations.NullMarked;
