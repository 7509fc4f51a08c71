/** One line of JSON for each request that was answered. */
@NullMarked
package dev.limpet.protocol.accesslog;

import org.jspecify.annotations.NullMarked;
