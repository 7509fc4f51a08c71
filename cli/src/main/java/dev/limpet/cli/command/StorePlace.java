package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/** Where a store is: in a folder, or behind a node that runs. */
final class StorePlace {
  @Mixin private DataOptions options = new DataOptions();

  @Mixin private StoreFolder folder = new StoreFolder();

  boolean isFolder() {
    return folder.isNamed();
  }

  boolean json() {
    return options.server().json();
  }

  ServerClient client(Session session) {
    return options.choose(session).client();
  }

  NodeStore open() {
    return folder.open();
  }

  /** Runs something in a store; what goes wrong there becomes an error of the command. */
  static <T> T checked(Supplier<T> work) {
    try {
      return work.get();
    } catch (ContentException e) {
      ErrorCode code =
          switch (e) {
            case QuotaExceededException _ -> ErrorCode.QUOTA_EXCEEDED;
            case BlockNotFoundException _ -> ErrorCode.DATA_NOT_FOUND;
            case StoreFailedException _ -> ErrorCode.STORE_FAILED;
            case HashMismatchException _ -> ErrorCode.BAD_BLOCK;
            default -> ErrorCode.BAD_CAR;
          };
      ExitCode exit = code == ErrorCode.STORE_FAILED ? ExitCode.FUNCTION_FAILED : ExitCode.of(code);
      throw new CliException(exit, code.code(), String.valueOf(e.getMessage()));
    }
  }

  /** Writes a CAR. */
  @FunctionalInterface
  interface CarSource {
    /** Writes it to its end. */
    void write() throws IOException;
  }

  static long exported(CountedOutput out, CarSource car) {
    return checked(
        () -> {
          try {
            car.write();
            out.flush();
            return out.written();
          } catch (IOException e) {
            throw new CliException(
                ExitCode.REFUSED, "not-written", "the CAR was not written: " + reason(e));
          }
        });
  }

  /** What the system said, such as that the disk is full. */
  private static String reason(IOException e) {
    Throwable first = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      first = next;
    }
    return String.valueOf(first.getMessage());
  }

  static CliException unreadable(String file, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> CliException.usage("no file " + file);
      case AccessDeniedException _ -> CliException.usage("no permission to read " + file);
      default -> CliException.usage("cannot read the CAR " + file + ": " + e.getMessage());
    };
  }

  static Cid root(String text) {
    try {
      return Cid.parse(text);
    } catch (CidFormatException e) {
      throw new CliException(ErrorCode.BAD_CID, text + " is not a CID: " + e.getMessage());
    }
  }
}
