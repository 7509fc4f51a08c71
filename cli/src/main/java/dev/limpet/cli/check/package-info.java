/** What {@code check} says about a module beyond the verdict of the gate. */
@NullMarked
package dev.limpet.cli.check;

import org.jspecify.annotations.NullMarked;
