package dev.limpet.wasmhost.split;

import java.util.stream.IntStream;

/**
 * Where a function that is split keeps some variables for as long as a call of it takes, see {@link
 * LastingVariables}: fields for ints of the object to which {@link ExitFields} leads, called by one
 * name and a number from 0 on.
 *
 * @param holder internal name of the class with the fields
 * @param name what stands before the number
 * @param count how many there are
 */
public record LastingFields(String holder, String name, int count) {

  /** Of all of them: an int. */
  static final String DESCRIPTOR = "I";

  /** Whether this is the name and the type of one of them. */
  public boolean has(String field, String descriptor) {
    return descriptor.equals(DESCRIPTOR)
        && IntStream.range(0, count).anyMatch(index -> field.equals(name(index)));
  }

  String name(int index) {
    return name + index;
  }
}
