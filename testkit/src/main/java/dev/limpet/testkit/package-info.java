/** What the tests of the modules above share: HTTP byte by byte, a relay, patience. */
@NullMarked
package dev.limpet.testkit;

import org.jspecify.annotations.NullMarked;
