/** What a node keeps: blocks, pins, fetched data, functions, and the account of what it holds. */
@NullMarked
package dev.limpet.node.store;

import org.jspecify.annotations.NullMarked;
