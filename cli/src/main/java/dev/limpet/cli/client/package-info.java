/** What the command line says to gateways and nodes over HTTP. */
@NullMarked
package dev.limpet.cli.client;

import org.jspecify.annotations.NullMarked;
