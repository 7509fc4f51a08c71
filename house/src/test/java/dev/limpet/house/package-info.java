/**
 * The rules of the house that a machine can read: formatting, sizes, names, limits that are written
 * down.
 */
@NullMarked
package dev.limpet.house;

import org.jspecify.annotations.NullMarked;
