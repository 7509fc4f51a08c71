/** The fake data mount, and the contract that every mount must pass. */
@NullMarked
package dev.limpet.wasmhost.data;

import org.jspecify.annotations.NullMarked;
