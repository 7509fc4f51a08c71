/** What was done to a server by whom, on the disk before it is answered. */
@NullMarked
package dev.limpet.protocol.audit;

import org.jspecify.annotations.NullMarked;
