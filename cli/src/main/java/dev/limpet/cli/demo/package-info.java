/** The main job on real data: each step does what its line says, or the demo fails. */
@NullMarked
package dev.limpet.cli.demo;

import org.jspecify.annotations.NullMarked;
