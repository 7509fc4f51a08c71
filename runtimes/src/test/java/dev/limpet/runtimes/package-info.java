/** Tests of the modules that come with the product. */
@NullMarked
package dev.limpet.runtimes;

import org.jspecify.annotations.NullMarked;
