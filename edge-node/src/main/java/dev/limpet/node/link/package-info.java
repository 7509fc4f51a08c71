/** The link to the gateway: joining, telling what is here, and saying goodbye. */
@NullMarked
package dev.limpet.node.link;

import org.jspecify.annotations.NullMarked;
