/** A TCP relay that counts what passes, and breaks it on demand. */
@NullMarked
package dev.limpet.testkit.relay;

import org.jspecify.annotations.NullMarked;
