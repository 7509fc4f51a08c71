/** The OpenAPI document of the gateway against the gateway itself. */
@NullMarked
package dev.limpet.cli.api;

import org.jspecify.annotations.NullMarked;
