package dev.limpet.cli.demo;

import dev.limpet.cli.terminal.Amounts;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** The step that a browser can follow: a function that speaks HTTP makes a picture smaller. */
final class Picture {
  private static final int WIDTH = 320;

  private final Story story;
  private final Stage stage;
  private final Path examples;

  Picture(Story story, Stage stage, Path sources) {
    this.story = story;
    this.stage = stage;
    this.examples = sources.resolve("functions-examples");
  }

  void play() {
    story.step(
        "A picture by URL, made smaller where it is",
        "A function may speak HTTP itself: any method, status, headers; the link works in a"
            + " browser.");
    DemoClient client = stage.client();
    Path file = examples.resolve("data/pictures/landscape.jpg");
    DemoClient.Added picture = client.add(Demo.HOLDER, file);
    client.deploy(examples.resolve("thumbnail/limpet.json"), "thumbnail");
    String target = "/on/" + picture.cid() + "/-/thumbnail?width=" + WIDTH;
    // Half a megabyte of code: a slow machine may still compile it when the first call's time ends.
    Answer answer = client.getUntil(target, 200);
    BufferedImage small = decode(answer.body());
    story.fact("picture", Amounts.bytes(picture.size()) + ", stays on node-1");
    story.fact(
        "thumbnail",
        answer.header("Content-Type") + ", " + Amounts.bytes(answer.body().length) + size(small));
    story.fact("time", answer.millis() + " ms for the first call, compiling included");
    story.fact("look at it", stage.machine().gateway() + target);
    story.require(answer.header("Content-Type").equals("image/jpeg"), "it is a JPEG");
    story.require(small != null && small.getWidth() == WIDTH, "it is as wide as asked for");
    story.require(stage.client().fetched(answer) == 0, "no data travelled between nodes");
  }

  private static String size(@Nullable BufferedImage image) {
    return image == null ? "" : ", " + image.getWidth() + " x " + image.getHeight();
  }

  private static @Nullable BufferedImage decode(byte[] bytes) {
    try {
      return ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("the thumbnail is no picture", e);
    }
  }
}
