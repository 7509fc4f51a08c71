package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.tls.Authorities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a client shows a server, and whom it believes. A token comes from the environment, or from a
 * file that nobody else can read.
 *
 * @param token bearer token, or empty
 * @param authorities whom to believe over https
 */
public record Credentials(String token, Authorities authorities) {
  private static final String OPTION = "--ca FILE or LIMPET_CA";

  /** Nothing to show. */
  public static final Credentials NONE = new Credentials("", Authorities.ofMachine(OPTION));

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** Tokens are short; a larger file was meant for something else. */
  private static final int MAX_TOKEN_BYTES = 4096;

  /**
   * The token to present, or empty.
   *
   * @param tokenFile path of a file with mode 0600, or empty for {@code LIMPET_TOKEN}
   * @throws CliException when the file is missing, too open or no token
   */
  public static String token(Terminal terminal, String tokenFile) {
    String token =
        tokenFile.isEmpty() ? terminal.environment("LIMPET_TOKEN") : read(Path.of(tokenFile));
    if (!token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw CliException.usage("the token has characters that no HTTP header can carry");
    }
    return token;
  }

  /**
   * Whom to believe over https: those of a file, or else those whom the machine believes.
   *
   * @param file PEM, or empty for {@code LIMPET_CA}
   * @throws CliException when that file cannot be used
   */
  public static Authorities authorities(Terminal terminal, String file) {
    String path = file.isEmpty() ? terminal.environment("LIMPET_CA") : file;
    if (path.isEmpty()) {
      return Authorities.ofMachine(OPTION);
    }
    try {
      return Authorities.read(Path.of(path), OPTION);
    } catch (IOException e) {
      throw CliException.usage(
          path + " cannot be read: " + e.getMessage() + "; --ca takes a PEM file of certificates");
    }
  }

  private static String read(Path file) {
    try {
      refuseOpenFile(file);
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > MAX_TOKEN_BYTES) {
        throw CliException.usage(file + " is too large for a token");
      }
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException e) {
      throw CliException.usage("no token file " + file);
    } catch (IOException e) {
      throw CliException.usage("cannot read the token file " + file + ": " + e.getMessage());
    }
  }

  private static void refuseOpenFile(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER.containsAll(permissions)) {
      throw new CliException(
          ExitCode.REFUSED, "open-token-file", "others can read " + file + ": chmod 600 " + file);
    }
  }
}
