/** Copies of data folders in one file, and folders made from such a file again. */
@NullMarked
package dev.limpet.cli.backup;

import org.jspecify.annotations.NullMarked;
