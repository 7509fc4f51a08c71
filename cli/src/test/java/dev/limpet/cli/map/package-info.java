/** Tests of the map-reduce over a directory. */
@NullMarked
package dev.limpet.cli.map;

import org.jspecify.annotations.NullMarked;
