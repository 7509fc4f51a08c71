/** A gateway and its nodes under load while nodes are killed and links break. */
@NullMarked
package dev.limpet.cli.chaos;

import org.jspecify.annotations.NullMarked;
