package dev.limpet.cli.command;

import dev.limpet.cli.terminal.ProgressBar;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts what is written, and tells a progress bar. */
final class CountedOutput extends FilterOutputStream {
  private final ProgressBar bar;
  private long written;

  CountedOutput(OutputStream out, ProgressBar bar) {
    super(out);
    this.bar = bar;
  }

  long written() {
    return written;
  }

  @Override
  public void write(int octet) throws IOException {
    out.write(octet);
    written++;
    bar.advance(1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    written += length;
    bar.advance(length);
  }
}
