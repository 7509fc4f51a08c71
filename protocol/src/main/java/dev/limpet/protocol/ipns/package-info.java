/** IPNS: names that are keys, and the records in which their owners say what they stand for. */
@NullMarked
package dev.limpet.protocol.ipns;

import org.jspecify.annotations.NullMarked;
