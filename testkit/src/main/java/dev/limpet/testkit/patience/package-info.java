/** How long tests wait. */
@NullMarked
package dev.limpet.testkit.patience;

import org.jspecify.annotations.NullMarked;
