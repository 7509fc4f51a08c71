@NullMarked
package dev.limpet.protocol.accesslog;

import org.jspecify.annotations.NullMarked;
