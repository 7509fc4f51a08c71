package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions that are called by the CID of a module which nodes hold as data. */
@Timeout(60)
class HeldModulesTest {
  private static final Cid MODULE = Cid.of(Multicodec.RAW, CallsUnderTest.MODULE);

  @TempDir private Path folder;

  private static byte[] car(byte[] block) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    Cid root = Cid.of(Multicodec.RAW, block);
    new CarWriter(car, List.of(root)).write(new Block(root, block));
    return car.toByteArray();
  }

  /** A node that gives this block whatever it is asked for; none when it is empty. */
  private static WireServer giving(byte[] block) {
    return CallsUnderTest.node(
        exchange -> {
          if (!exchange.head().target().startsWith("/ipfs/")) {
            answerWell(exchange);
          } else if (block.length == 0) {
            exchange.answer(500, "", "Limpet-Error: store-failed");
          } else {
            exchange.begin(200, "Content-Type: application/vnd.ipld.car");
            exchange.chunk(car(block));
            exchange.end();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"dead,a,b", "dead,b,a", "failing,a,b", "failing,b,a", "lying,a,b", "lying,b,a"})
  void a_module_that_one_holder_does_not_give_comes_from_the_next(
      String how, String bad, String good) throws Exception {
    byte[] other = how.equals("lying") ? "other".getBytes(StandardCharsets.UTF_8) : new byte[0];
    try (var holder = giving(CallsUnderTest.MODULE);
        var liar = giving(other);
        var gateway = CallsUnderTest.open(folder)) {
      URI instead = how.equals("dead") ? NOBODY : liar.url();
      for (String name : List.of("a", "b")) {
        URI url = name.equals(good) ? holder.url() : instead;
        gateway.join(name, url).holds(MODULE);
      }
      WireAnswer answer = get(gateway, "/fn/" + MODULE);
      assertEquals(200, answer.status(), () -> bad + " is " + how + ": " + answer.text());
    }
  }

  @Test
  void a_module_that_no_holder_gives_is_the_fault_of_the_last() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", NOBODY).holds(MODULE);
      gateway.join("b", NOBODY).holds(MODULE);
      assertEquals(ErrorCode.NODE_FAILED, problem(get(gateway, "/fn/" + MODULE)).code());
    }
  }
}
