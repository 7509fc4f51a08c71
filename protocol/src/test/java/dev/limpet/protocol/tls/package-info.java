@NullMarked
package dev.limpet.protocol.tls;

import org.jspecify.annotations.NullMarked;
