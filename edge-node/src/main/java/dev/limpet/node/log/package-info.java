/** The logs of Executions: kept on the disk within a quota, and looked at while they run. */
@NullMarked
package dev.limpet.node.log;

import org.jspecify.annotations.NullMarked;
