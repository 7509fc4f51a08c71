/** Names of functions: mutable aliases with an immutable history of versions. */
@NullMarked
package dev.limpet.gateway.name;

import org.jspecify.annotations.NullMarked;
