/** A folder about what ran, which an auditor reads and checks without any server. */
@NullMarked
package dev.limpet.cli.evidence;

import org.jspecify.annotations.NullMarked;
