/**
 * What a person or a script sees: lines, tables, progress bars, JSON, escaped control characters.
 */
@NullMarked
package dev.limpet.cli.terminal;

import org.jspecify.annotations.NullMarked;
