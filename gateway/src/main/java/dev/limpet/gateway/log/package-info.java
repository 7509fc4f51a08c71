/** Logs of Executions, as the nodes that ran them keep them. */
@NullMarked
package dev.limpet.gateway.log;

import org.jspecify.annotations.NullMarked;
