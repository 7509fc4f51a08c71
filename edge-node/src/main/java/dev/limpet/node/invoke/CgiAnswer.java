package dev.limpet.node.invoke;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The output of a function of the kind {@code http}: header lines, an empty line, and a body that
 * goes on to where the header lines send it. The guest's thread writes; the invocation's looks when
 * that has ended.
 */
final class CgiAnswer extends OutputStream {
  private final CgiHead head = new CgiHead();
  private final Function<GuestHead, OutputStream> answers;
  private boolean withoutBody;
  private @Nullable OutputStream body;

  /**
   * An answer that has not begun.
   *
   * @param answers takes the body of an answer with that head
   */
  CgiAnswer(Function<GuestHead, OutputStream> answers) {
    this.answers = answers;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    OutputStream open = body;
    int taken = 0;
    if (open == null) {
      taken = head.take(source, offset, length);
      if (!head.isEnded()) {
        return;
      }
      GuestHead said = head.parsed();
      withoutBody = said.isWithoutBody();
      open = answers.apply(said);
      body = open;
    }
    if (length > taken) {
      if (withoutBody) {
        throw CgiHead.bad("has a body, and a status without one");
      }
      open.write(source, offset + taken, length - taken);
    }
  }

  /**
   * What the guest said.
   *
   * @throws dev.limpet.protocol.LimpetException {@code guest-failed} when it did not say it all
   */
  GuestHead head() {
    return head.parsed();
  }
}
