package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassingFileTest {
  private static final int MIB = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, MIB - 1, MIB, MIB + 1, 2 * MIB, 5 * MIB + 17})
  void bytes_that_pass_have_the_cid_of_the_file_that_they_are(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Cid wanted =
        new UnixFsImporter(_ -> {}, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(bytes))
            .cid();
    PassingFile file = new PassingFile();
    int step = 1 + size / 7;
    for (int at = 0; at < size; at += step) {
      file.update(bytes, at, Math.min(step, size - at));
    }
    assertEquals(size, file.size());
    assertEquals(wanted, file.cid());
    assertEquals(wanted, PassingFile.cidOf(bytes, 0, size));
  }
}
