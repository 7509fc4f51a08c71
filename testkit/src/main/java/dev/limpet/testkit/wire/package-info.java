/** HTTP/1.1 byte by byte, for tests of what really travels: a client and a scripted server. */
@NullMarked
package dev.limpet.testkit.wire;

import org.jspecify.annotations.NullMarked;
