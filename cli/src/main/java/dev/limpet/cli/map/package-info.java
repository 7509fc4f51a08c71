/**
 * Map-reduce over a directory of which every call is a Task of its own, so that the memo of nodes
 * and gateway answers all that has not changed.
 */
@NullMarked
package dev.limpet.cli.map;

import org.jspecify.annotations.NullMarked;
