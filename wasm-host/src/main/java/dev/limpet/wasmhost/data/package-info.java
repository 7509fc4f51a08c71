/** The port through which a guest reads data: files and directories that somebody else keeps. */
@NullMarked
package dev.limpet.wasmhost.data;

import org.jspecify.annotations.NullMarked;
