/** A gateway and its nodes on one machine: processes of their own, started, watched and stopped. */
@NullMarked
package dev.limpet.cli.up;

import org.jspecify.annotations.NullMarked;
