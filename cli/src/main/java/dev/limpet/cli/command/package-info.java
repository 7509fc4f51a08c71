/** One class a command. */
@NullMarked
package dev.limpet.cli.command;

import org.jspecify.annotations.NullMarked;
