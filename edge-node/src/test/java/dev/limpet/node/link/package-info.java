/** The link to the gateway, part by part. */
@NullMarked
package dev.limpet.node.link;

import org.jspecify.annotations.NullMarked;
