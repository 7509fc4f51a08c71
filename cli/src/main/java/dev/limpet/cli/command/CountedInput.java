package dev.limpet.cli.command;

import dev.limpet.cli.terminal.ProgressBar;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells a progress bar how much was read. */
final class CountedInput extends FilterInputStream {
  private final ProgressBar bar;

  CountedInput(InputStream in, ProgressBar bar) {
    super(in);
    this.bar = bar;
  }

  @Override
  public int read() throws IOException {
    int octet = in.read();
    bar.advance(octet < 0 ? 0 : 1);
    return octet;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    bar.advance(Math.max(0, count));
    return count;
  }
}
