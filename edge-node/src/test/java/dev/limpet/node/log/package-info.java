/** Tests of logs. */
@NullMarked
package dev.limpet.node.log;

import org.jspecify.annotations.NullMarked;
