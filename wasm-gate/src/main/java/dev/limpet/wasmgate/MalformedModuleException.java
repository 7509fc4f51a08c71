package dev.limpet.wasmgate;

/**
 * The bytes are no wasm module, or something in them is too large to read on: reading ends. Never
 * leaves {@link ModuleGate}. The message is a sentence without its full stop, and names the offset.
 */
final class MalformedModuleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Rule rule;
  private final String message;

  MalformedModuleException(Rule rule, String message) {
    // Hostile modules are an everyday event: no stack trace.
    super(message, null, false, false);
    this.rule = rule;
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }

  Rule rule() {
    return rule;
  }
}
