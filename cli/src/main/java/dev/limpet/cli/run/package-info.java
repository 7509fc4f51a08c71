/** Functions that run in the command itself, as they would on a node. */
@NullMarked
package dev.limpet.cli.run;

import org.jspecify.annotations.NullMarked;
