package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.receipt.ReceiptFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The file of a receipt from a gateway, which has it a moment after it was promised. */
public final class ReceiptDownload {
  /** A receipt is in the log a fifth of a second after it was promised, on a slow disk later. */
  static final int MAX_RECEIPT_ASKS = 60;

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Optional<String> AT_ONCE = Optional.of("0");
  private static final int ACCEPTED = 202;

  private ReceiptDownload() {}

  /**
   * How often promises are waited for: of one receipt, or of many together, so that a node that
   * promises and never keeps costs half a minute and not that for each.
   */
  public static final class Patience {
    private int left = MAX_RECEIPT_ASKS - 1;

    /** Waits until it is worth asking again; false when that was often enough. */
    private boolean waits(HttpResponse<?> promise) {
      if (left == 0) {
        return false;
      }
      left--;
      if (!promise.headers().firstValue("Retry-After").equals(AT_ONCE)) {
        LockSupport.parkNanos(PAUSE.toNanos());
      }
      return true;
    }
  }

  /**
   * Waits until it is there.
   *
   * @return its file; at most one byte more than one may have
   * @throws CliException {@code receipt-not-found}, or {@code overloaded} when it does not come
   */
  public static byte[] of(ServerClient gateway, Cid receipt) {
    return of(gateway, "/v1/receipts/" + receipt, new Patience());
  }

  /**
   * The same of a target, with what is left of a patience.
   *
   * @throws CliException as above
   */
  public static byte[] of(ServerClient gateway, String rawTarget, Patience patience) {
    try (InputStream file = open(gateway, rawTarget, patience)) {
      return read(file);
    } catch (IOException e) {
      throw brokeOff(e);
    }
  }

  /** The bytes of a file; one more than a receipt may have is enough to refuse a gigabyte. */
  public static byte[] read(InputStream file) throws IOException {
    return file.readNBytes(ReceiptFile.MAX_RECEIPT_FILE_BYTES + 1);
  }

  /**
   * The same as a stream, in the form that the target asks for.
   *
   * @throws CliException as above
   */
  public static InputStream open(ServerClient gateway, String rawTarget) throws IOException {
    return open(gateway, rawTarget, new Patience());
  }

  private static InputStream open(ServerClient gateway, String rawTarget, Patience patience)
      throws IOException {
    HttpResponse<InputStream> answer;
    do {
      answer = gateway.stream(gateway.request(rawTarget).GET().build());
      if (answer.statusCode() != ACCEPTED) {
        return answer.body();
      }
      answer.body().close();
    } while (patience.waits(answer));
    throw new CliException(
        ErrorCode.OVERLOADED, "the receipt is still not in the log of its node; ask again later");
  }

  /** What a read that fails becomes. */
  public static CliException brokeOff(IOException cause) {
    return new CliException(ErrorCode.UNREACHABLE, "the receipt broke off: " + cause.getMessage());
  }
}
