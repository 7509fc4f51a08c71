/** Makes of one method that is too large for the JVM's compilers several that are not. */
@NullMarked
package dev.limpet.wasmhost.split;

import org.jspecify.annotations.NullMarked;
