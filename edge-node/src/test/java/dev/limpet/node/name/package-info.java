/** Tests of names that a key owns. */
@NullMarked
package dev.limpet.node.name;

import org.jspecify.annotations.NullMarked;
