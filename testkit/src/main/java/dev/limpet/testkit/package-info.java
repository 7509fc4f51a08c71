/** Fakes and clusters for the tests of the modules above. */
@NullMarked
package dev.limpet.testkit;

import org.jspecify.annotations.NullMarked;
