/** Content addressable archives, version 1: blocks in a stream (IPLD CARv1 specification). */
@NullMarked
package dev.limpet.content.car;

import org.jspecify.annotations.NullMarked;
