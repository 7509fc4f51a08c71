package dev.limpet.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.cli.CliException;
import dev.limpet.cli.RecordingTerminal;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class StorePlaceTest {
  /** As the system's own do. */
  private static final class FullDisk extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  @Test
  void a_disk_that_is_full_is_why_a_car_was_not_written() {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    Block block = Block.of(Multicodec.RAW, new byte[100]);
    blocks.put(block);
    try (ProgressBar bar = new ProgressBar(new RecordingTerminal().terminal(), "writing", -1)) {
      CountedOutput out = new CountedOutput(new FullDisk(), bar);
      CliException e =
          assertThrows(
              CliException.class,
              () -> StorePlace.exported(out, () -> CarExport.write(blocks, block.cid(), out)));
      assertEquals("the CAR was not written: No space left on device", e.getMessage());
    }
  }
}
