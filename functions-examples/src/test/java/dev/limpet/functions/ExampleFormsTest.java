package dev.limpet.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.engine.CodeForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every case of every function ends the same with its code whole, as usual, and in pieces: exit
 * code or trap, fuel, answer and memory.
 */
final class ExampleFormsTest {

  @TempDir Path code;

  @ParameterizedTest
  @EnumSource
  void cases_of_a_small_function_end_as_it_is_written_down_in_each_form(CodeForm form)
      throws IOException {
    List<ExampleFunction> hello =
        ExampleFunction.everything().filter(function -> function.name().equals("hello")).toList();
    Map<String, Integer> _ = stored(form, hello.stream());
    List<String> expected =
        FuelVectors.all().stream().filter(line -> line.startsWith("hello/")).toList();
    assertEquals(expected, ExampleRuns.lines(code, hello.stream(), Long.MAX_VALUE));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("nightly")
  void all_cases_end_as_it_is_written_down_in_each_form(CodeForm form) throws IOException {
    Map<String, Integer> parts = stored(form, ExampleFunction.everything());
    System.out.println("parts in the form " + form + ": " + parts);
    if (form == CodeForm.PIECES || form == CodeForm.LASTING) {
      assertTrue(parts.values().stream().allMatch(number -> number > 0), parts.toString());
    }
    assertEquals(
        FuelVectors.all(), ExampleRuns.lines(code, ExampleFunction.everything(), Long.MAX_VALUE));
  }

  @Test
  void each_function_has_cases_that_are_written_down() {
    List<String> without =
        ExampleFunction.everything()
            .map(ExampleFunction::name)
            .filter(name -> FuelVectors.all().stream().noneMatch(l -> l.startsWith(name + "/")))
            .toList();
    assertEquals(List.of(), without);
  }

  /** Compiles each module once, and says into how many parts. */
  private Map<String, Integer> stored(CodeForm form, Stream<ExampleFunction> functions)
      throws IOException {
    Map<String, Integer> parts = new HashMap<>();
    for (ExampleFunction function : functions.toList()) {
      String module = function.isScript() ? "javascript" : function.name();
      if (!parts.containsKey(module)) {
        parts.put(module, form.store(code, function.wasm()));
      }
    }
    return parts;
  }
}
