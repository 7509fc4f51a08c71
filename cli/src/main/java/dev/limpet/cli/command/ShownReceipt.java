package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A receipt that a command was shown.
 *
 * @param receipt what it says
 * @param holds whether its file holds, as {@code limpet verify} checks it
 */
record ShownReceipt(Receipt receipt, boolean holds) {
  /**
   * Reads a file, or asks the gateway when the text is a CID.
   *
   * @throws CliException (wrong usage) when there is no receipt in it
   */
  static ShownReceipt of(String fileOrCid, Supplier<ServerClient> gateway) {
    Optional<Cid> cid = cid(fileOrCid);
    byte[] bytes = cid.isPresent() ? ReceiptDownload.of(gateway.get(), cid.get()) : read(fileOrCid);
    try {
      Receipt receipt = Receipt.decode(ReceiptFile.parse(bytes).receipt().toBytes());
      boolean holds =
          ReceiptVerifier.verify(bytes, new ReceiptVerifier.Trust(null, null), Instant.now())
              .isGreen();
      return new ShownReceipt(receipt, holds);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(fileOrCid + " is not the file of a receipt: " + e.getMessage());
    }
  }

  private static Optional<Cid> cid(String text) {
    try {
      return Optional.of(Cid.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the name of a file
    }
  }

  private static byte[] read(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return ReceiptDownload.read(in);
    } catch (IOException | InvalidPathException e) {
      throw CliException.usage(
          "cannot read " + file + ", which is no CID either: " + e.getMessage());
    }
  }

  /** What a reader should know first; empty when all is well. */
  String note(String which) {
    return holds
        ? ""
        : which + " does not hold ('limpet verify' says why); it is compared as it is";
  }
}
