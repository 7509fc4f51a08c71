/** Files that survive a crash of the machine. */
@NullMarked
package dev.limpet.protocol.disk;

import org.jspecify.annotations.NullMarked;
