package dev.limpet.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which gateway, with which token, and in which form to answer: the same for every command. */
public final class ServerOptions {
  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description = "The gateway (default: $LIMPET_GATEWAY or http://127.0.0.1:8640).")
  private String gateway = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token, mode 0600 (default: $LIMPET_TOKEN). Never an argument.")
  private Path tokenFile = Path.of("");

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "PEM file with the authorities to believe over https (default: $LIMPET_CA, or those of"
              + " this machine).")
  private Path authorities = Path.of("");

  @Option(names = "--json", description = "Answer with one JSON object, or one a line.")
  private boolean json;

  /** The URL as typed, or empty. */
  public String gateway() {
    return gateway;
  }

  /** The path as typed, or empty. */
  public String tokenFile() {
    return tokenFile.toString();
  }

  /** The path as typed, or empty. */
  public String authorities() {
    return authorities.toString();
  }

  /** Whether to answer in JSON. */
  public boolean json() {
    return json;
  }
}
