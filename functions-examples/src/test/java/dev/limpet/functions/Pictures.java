package dev.limpet.functions;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Compares pictures as an eye would: sizes, and how far colours are from each other. */
final class Pictures {

  /** Of 255 steps of a colour, on average: what JPEG loses. */
  private static final double CLOSE = 5;

  private Pictures() {}

  /** A sentence when the two do not look alike, else an empty one. */
  static String difference(byte[] expected, byte[] found) throws IOException {
    BufferedImage one = read(expected);
    BufferedImage other = read(found);
    if (!size(one).equals(size(other))) {
      return size(one) + " and " + size(other);
    }
    double mean = mean(one, other);
    return mean <= CLOSE ? "" : "colours differ by " + mean + " on average";
  }

  private static double mean(BufferedImage one, BufferedImage other) {
    long sum = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        sum += distance(one.getRGB(x, y), other.getRGB(x, y));
      }
    }
    return sum / (4.0 * one.getWidth() * one.getHeight());
  }

  private static BufferedImage read(byte[] file) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    if (image == null) {
      throw new IOException("no picture in " + file.length + " bytes");
    }
    return image;
  }

  private static String size(BufferedImage image) {
    return image.getWidth() + " x " + image.getHeight();
  }

  /** Colours count by their alpha: nobody sees those of transparent pixels. */
  private static int distance(int one, int other) {
    int alpha = one >>> 24;
    int otherAlpha = other >>> 24;
    int sum = Math.abs(alpha - otherAlpha);
    for (int shift = 0; shift < 24; shift += 8) {
      int seen = (one >>> shift & 0xff) * alpha / 255;
      sum += Math.abs(seen - (other >>> shift & 0xff) * otherAlpha / 255);
    }
    return sum;
  }
}
