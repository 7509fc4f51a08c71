/** The gateway's SQLite database: transactions that are durable when they return. */
@NullMarked
package dev.limpet.gateway.store;

import org.jspecify.annotations.NullMarked;
