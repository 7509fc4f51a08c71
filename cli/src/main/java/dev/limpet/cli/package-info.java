/** The limpet command. */
@NullMarked
package dev.limpet.cli;

import org.jspecify.annotations.NullMarked;
