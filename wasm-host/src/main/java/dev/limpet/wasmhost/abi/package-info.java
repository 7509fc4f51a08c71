/** How a guest is called, one class for each calling convention. */
@NullMarked
package dev.limpet.wasmhost.abi;

import org.jspecify.annotations.NullMarked;
