/** Tests of the adapter to java-ipfs-http-client. */
@NullMarked
package dev.limpet.node.library;

import org.jspecify.annotations.NullMarked;
