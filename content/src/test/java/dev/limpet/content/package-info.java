/** Material for the tests of content. */
@NullMarked
package dev.limpet.content;

import org.jspecify.annotations.NullMarked;
