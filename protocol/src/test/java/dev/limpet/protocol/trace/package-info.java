@NullMarked
package dev.limpet.protocol.trace;

import org.jspecify.annotations.NullMarked;
