package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
  private static final Pattern WHOLE = Pattern.compile("whole ([0-9a-f]{64})\n");

  @TempDir private Path folder = Path.of("");

  @Test
  @Tag("long")
  @Timeout(120)
  void a_file_larger_than_the_heap_goes_in_and_out_and_in_again() throws Exception {
    assertRoundTrip(96);
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void two_gibibytes_go_in_and_out_and_in_again_in_64_mebibytes_of_heap() throws Exception {
    assertRoundTrip(2048);
  }

  private void assertRoundTrip(int mebibytes) throws Exception {
    Process child =
        ChildJvm.start(
            List.of("-Xmx64m", "-XX:+UseSerialGC"),
            RoundTripMain.class,
            List.of(folder.toString(), Integer.toString(mebibytes)));
    String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), printed);
    Matcher whole = WHOLE.matcher(printed);
    assertTrue(whole.find(), printed);
    String digest = whole.group(1);
    String expected =
        "size %d\nwhole %s\nfirst %s\nsame root true\ncomplete true\nsecond %s\n"
            .formatted((long) mebibytes << 20, digest, digest, digest);
    assertEquals(expected, printed);
  }
}
