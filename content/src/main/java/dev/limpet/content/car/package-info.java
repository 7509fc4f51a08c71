/** Content addressable archives: blocks in a stream (IPLD CARv1 and CARv2 specifications). */
@NullMarked
package dev.limpet.content.car;

import org.jspecify.annotations.NullMarked;
