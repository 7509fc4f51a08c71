package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** The one place where what went wrong becomes a problem document. */
public final class Failures {
  private static final System.Logger LOG = System.getLogger(Failures.class.getName());

  private Failures() {}

  /** What the caller is told. */
  public static Problem problem(Exception e) {
    return switch (e) {
      case LimpetException known -> logged(known.problem(), known);
      case ContentException content -> logged(of(content), content);
      case IOException body -> RequestBody.fault(body).problem();
      default -> {
        LOG.log(Level.ERROR, "a request failed for a reason that nobody foresaw", e);
        yield Problem.of(ErrorCode.INTERNAL, "an error of this node's own; its log says more");
      }
    };
  }

  private static Problem of(ContentException e) {
    ErrorCode code =
        switch (e) {
          case BlockNotFoundException _, PathNotFoundException _ -> ErrorCode.DATA_NOT_FOUND;
          case MalformedBlockException _, ContentLimitException _ -> ErrorCode.BAD_BLOCK;
          case QuotaExceededException _ -> ErrorCode.QUOTA_EXCEEDED;
          case CarFormatException _ -> ErrorCode.BAD_CAR;
          // What a caller sent is checked elsewhere; here it is the disk that has wrong bytes.
          case StoreFailedException _, HashMismatchException _ -> ErrorCode.STORE_FAILED;
        };
    return Problem.of(
        code,
        code == ErrorCode.STORE_FAILED
            ? "the disk failed, or a block on it is damaged; the log says more"
            : e.getMessage());
  }

  private static Problem logged(Problem problem, Exception e) {
    if (problem.code().category() == ErrorCode.Category.BUG) {
      LOG.log(Level.ERROR, problem.code().code() + ": " + e.getMessage(), e);
    }
    return problem;
  }
}
