package dev.limpet.gateway.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmgate.SampleModules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
  private final Intake intake = new Intake();
  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private final UnixFsImporter importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);

  private Cid file(byte[] bytes) throws IOException {
    return importer.importFile(new ByteArrayInputStream(bytes)).cid();
  }

  private byte[] car(Cid root) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarExport.write(blocks, root, car);
    return car.toByteArray();
  }

  private ErrorCode refusal(Cid named, byte[] car) {
    return assertThrows(LimpetException.class, () -> intake.fromNode(named, car)).code();
  }

  @Test
  void a_module_that_a_node_sends_is_taken_when_it_is_the_one_that_was_asked_for()
      throws IOException {
    Cid module = file(SampleModules.hello());
    ModuleSource source = intake.fromNode(module, car(module));
    assertEquals(module, source.cid());
    assertEquals(Abi.COMMAND, source.abi());
    assertEquals(
        ErrorCode.HASH_MISMATCH, refusal(file(new byte[] {1}), car(module)), "another root");
  }

  @Test
  void a_file_that_is_no_module_is_refused_by_the_gate() throws IOException {
    Cid text = file("carrier,delay\n".getBytes(StandardCharsets.UTF_8));
    assertEquals(ErrorCode.GATE_REFUSED, refusal(text, car(text)));
  }

  @Test
  void a_directory_is_data_and_no_function(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("a.csv"), "carrier,delay\n");
    Cid directory = importer.importTree(folder, ImportOptions.standard()).cid();
    assertEquals(ErrorCode.FUNCTION_NOT_FOUND, refusal(directory, car(directory)));
  }

  @Test
  void a_car_that_is_cut_is_the_fault_of_the_node() throws IOException {
    Cid module = file(SampleModules.hello());
    byte[] car = car(module);
    for (int length : new int[] {0, 1, car.length / 2, car.length - 1}) {
      assertEquals(ErrorCode.NODE_FAILED, refusal(module, Arrays.copyOf(car, length)));
    }
  }
}
