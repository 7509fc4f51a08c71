/** Servers that are kept running. */
@NullMarked
package dev.limpet.cli.up;

import org.jspecify.annotations.NullMarked;
