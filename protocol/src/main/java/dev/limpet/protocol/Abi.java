package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** How a function is called. */
public enum Abi {
  /** A WASI command: arguments, standard input and output, {@code /data}. */
  COMMAND("command"),
  /** A WASI command that speaks CGI/1.1 and writes its own header lines. */
  HTTP("http"),
  /** Exports {@code alloc} and {@code handle} and imports nothing. */
  RAW("raw");

  private final String text;

  Abi(String text) {
    this.text = text;
  }

  /** As it stands in JSON and in a manifest. */
  @Json.Value
  public String text() {
    return text;
  }
}
