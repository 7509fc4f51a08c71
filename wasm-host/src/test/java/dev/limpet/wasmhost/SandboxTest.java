package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class SandboxTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  @Test
  void hello_runs_and_its_output_arrives() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.hello());
    assertEquals(new Outcome.Completed(0), ran.outcome());
    assertEquals("hello", ran.text().strip());
  }
}
