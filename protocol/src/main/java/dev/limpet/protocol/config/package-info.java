/** How a process is configured: one schema, four places that values come from, strict in each. */
@NullMarked
package dev.limpet.protocol.config;

import org.jspecify.annotations.NullMarked;
