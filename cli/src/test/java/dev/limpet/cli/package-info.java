/** Tests of the command, and of the arrows between all modules, which only this one sees. */
@NullMarked
package dev.limpet.cli;

import org.jspecify.annotations.NullMarked;
