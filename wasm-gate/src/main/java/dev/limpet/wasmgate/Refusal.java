package dev.limpet.wasmgate;

/**
 * One reason why a module is not admitted. Names out of the module are shortened and stripped of
 * control characters in all three parts.
 *
 * @param rule the id of the rule, stable across versions: see the README
 * @param detail what was found, where (function index and name), and the limit, as a sentence
 * @param advice what to change, with the compiler flag where there is one
 */
public record Refusal(String rule, String detail, String advice) {

  /** All three parts must say something. */
  public Refusal {
    requireText(rule, "rule");
    requireText(detail, "detail");
    requireText(advice, "advice");
  }

  private static void requireText(String value, String name) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a refusal needs a " + name);
    }
  }

  /** {@code rule: detail (advice)}, for logs and terminals. */
  @Override
  public String toString() {
    return rule + ": " + detail + " " + advice;
  }
}
