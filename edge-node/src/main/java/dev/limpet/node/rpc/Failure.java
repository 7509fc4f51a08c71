package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.Failures;
import dev.limpet.node.name.NameException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a caller is told of what went wrong, in Kubo's form.
 *
 * @param status of the answer; never 404, which clients read as a command that does not exist
 * @param plain whether it is plain text, not JSON
 * @param code of our own, for the records
 */
record Failure(int status, boolean plain, String message, String code) {
  private static final int SERVER_ERROR = 500;

  /** What clients look for in the message when a block is not here. */
  static String missing(Cid cid) {
    return "block was not found locally (offline): ipld: could not find " + cid;
  }

  static Failure of(Exception e) {
    return switch (e) {
      case UncheckedIOException gone -> of(new IOException("the caller has gone", gone));
      case RpcException refused ->
          new Failure(
              refused.status(), refused.plain(), refused.text(), ErrorCode.BAD_REQUEST.code());
      case NameException name ->
          new Failure(SERVER_ERROR, false, name.reason(), ErrorCode.NAME_NOT_FOUND.code());
      case BlockNotFoundException absent ->
          new Failure(SERVER_ERROR, false, missing(absent.cid()), ErrorCode.DATA_NOT_FOUND.code());
      default -> of(Failures.problem(e));
    };
  }

  /**
   * Kubo knows a few statuses; clients look at no more than whether it is an error. Who may not ask
   * is told in plain text, which they show as it is.
   */
  static Failure of(Problem problem) {
    int status =
        switch (problem.code().category()) {
          case REFUSED, BUSY -> problem.status();
          case USAGE, MISSING, UNREACHABLE, FUNCTION, BUG -> SERVER_ERROR;
        };
    boolean plain =
        switch (problem.code()) {
          case UNAUTHORIZED, FORBIDDEN, FOREIGN_ORIGIN, WRONG_HOST -> true;
          default -> false;
        };
    return new Failure(status, plain, text(problem), problem.code().code());
  }

  static String text(Problem problem) {
    String detail = problem.detail();
    return detail == null || detail.isEmpty() ? problem.code().code() : detail;
  }
}
