/**
 * A Kubo through the library java-ipfs-http-client, for those who already have it. It is published
 * on JitPack only, so its classes are no part of Limpet: users bring them, and all that touches
 * them is here. Compiled against the fork of 2019 that is on Maven Central.
 */
@NullMarked
package dev.limpet.node.library;

import org.jspecify.annotations.NullMarked;
