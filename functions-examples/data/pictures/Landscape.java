import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageOutputStream;

/**
 * Paints mountains behind a lake, from arithmetic alone: {@code java Landscape.java FILE.jpg}. Each
 * ridge is a line of fractal noise, paler the further away it is; the lake mirrors what is above
 * it.
 */
public final class Landscape {
  private static final int WIDTH = 1600;
  private static final int HEIGHT = 1200;
  private static final int SHORE = 800;
  private static final int RIDGES = 7;
  private static final double SUN_X = 1120;
  private static final double SUN_Y = 330;
  private static final double SUN = 62;
  private static final float QUALITY = 0.82f;

  private static final double[] ZENITH = {46, 74, 128};
  private static final double[] HORIZON = {250, 196, 140};
  private static final double[] FAR = {214, 168, 150};
  private static final double[] NEAR = {20, 34, 40};
  private static final double[] LIGHT = {255, 244, 214};

  private Landscape() {}

  /** Writes the picture. */
  public static void main(String[] arguments) throws IOException {
    double[][][] above = new double[SHORE][WIDTH][];
    for (int y = 0; y < SHORE; y++) {
      for (int x = 0; x < WIDTH; x++) {
        above[y][x] = land(x, y);
      }
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double[] colour = y < SHORE ? above[y][x] : lake(above, x, y);
        double grain = 5 * (hash(x, y, 99) - 0.5);
        image.setRGB(x, y, rgb(colour, grain));
      }
    }
    write(image, new File(arguments[0]));
  }

  private static double[] sky(double x, double y) {
    double[] colour = mix(ZENITH, HORIZON, StrictMath.pow(y / SHORE, 0.75));
    double cloud = fractal(x / 420, y / 90, 7, 6) - 0.52;
    colour = mix(colour, LIGHT, clamp(cloud * 2.6) * 0.75);
    double distance = StrictMath.hypot(x - SUN_X, y - SUN_Y);
    colour = mix(colour, LIGHT, 0.75 * StrictMath.exp(-distance / 170));
    return mix(colour, LIGHT, clamp((SUN - distance) / 2));
  }

  private static double[] land(int x, int y) {
    double[] colour = sky(x, y);
    for (int ridge = 0; ridge < RIDGES; ridge++) {
      double near = ridge / (RIDGES - 1.0);
      double top = top(x, ridge);
      if (y < top) {
        continue;
      }
      double slope = top(x + 6, ridge) - top(x - 6, ridge);
      double rock = fractal(x / 46.0, y / 30.0 + slope / 9, 40 + ridge, 5);
      double[] ground = mix(FAR, NEAR, StrictMath.pow(near, 0.8));
      double lit = 0.72 + 0.5 * rock * near + clamp(slope / 14) * 0.3 * (1 - near);
      double[] shaded = {ground[0] * lit, ground[1] * lit, ground[2] * lit};
      double snow = clamp((rock - 0.35) * 3) * clamp((330 + 70 * rock - y) / 60.0);
      shaded = mix(shaded, LIGHT, 0.8 * snow);
      double haze = clamp((y - top) / 260) * 0.55 * (1 - near);
      colour = mix(colour, mix(shaded, HORIZON, haze), clamp(y - top));
    }
    return colour;
  }

  /** Where a ridge begins, in pixels from above; the further away, the higher. */
  private static double top(double x, int ridge) {
    double near = ridge / (RIDGES - 1.0);
    double height = 430 * (1 - near) + 70;
    double shape = fractal(x / (520 - 330 * near), ridge * 9.7, ridge, 8);
    return SHORE - height * (0.35 + 1.0 * shape) + 40 * near;
  }

  private static double[] lake(double[][][] above, int x, int y) {
    double depth = (y - SHORE) / (double) (HEIGHT - SHORE);
    double wave = fractal(x / (90 + 200 * depth), y / (3 + 16 * depth), 80, 4) - 0.5;
    int from = (int) clamp(SHORE - 2 - (y - SHORE) * 1.6 + wave * 70 * (0.15 + depth), SHORE - 1);
    int beside = (int) clamp(x + wave * 26 * depth, WIDTH - 1);
    double[] mirrored = above[from][beside];
    double[] water = mix(mirrored, ZENITH, 0.22 + 0.38 * depth);
    double glint = clamp(wave * 4 - 0.6) * StrictMath.exp(-StrictMath.abs(x - SUN_X) / 190);
    return mix(water, LIGHT, 0.8 * glint);
  }

  /** Noise of that many octaves, each half as high and twice as fine; from 0 to 1. */
  private static double fractal(double x, double y, int seed, int octaves) {
    double sum = 0;
    double height = 0.5;
    for (int octave = 0; octave < octaves; octave++) {
      sum += height * noise(x, y, seed + 31 * octave);
      x *= 2;
      y *= 2;
      height /= 2;
    }
    return sum;
  }

  private static double noise(double x, double y, int seed) {
    int left = (int) StrictMath.floor(x);
    int above = (int) StrictMath.floor(y);
    double along = smooth(x - left);
    double down = smooth(y - above);
    double upper = hash(left, above, seed) * (1 - along) + hash(left + 1, above, seed) * along;
    double lower =
        hash(left, above + 1, seed) * (1 - along) + hash(left + 1, above + 1, seed) * along;
    return upper * (1 - down) + lower * down;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double hash(int x, int y, int seed) {
    int mixed = x * 0x27d4eb2d ^ y * 0x165667b1 ^ seed * 0x9e3779b1;
    mixed = (mixed ^ mixed >>> 15) * 0x85ebca6b;
    mixed = (mixed ^ mixed >>> 13) * 0xc2b2ae35;
    return ((mixed ^ mixed >>> 16) & 0xffffff) / (double) 0x1000000;
  }

  private static double[] mix(double[] from, double[] to, double part) {
    double[] mixed = new double[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = from[i] + (to[i] - from[i]) * part;
    }
    return mixed;
  }

  private static double clamp(double value) {
    return clamp(value, 1);
  }

  private static double clamp(double value, double most) {
    return Math.max(0, Math.min(most, value));
  }

  private static int rgb(double[] colour, double grain) {
    int packed = 0;
    for (double part : colour) {
      packed = packed << 8 | (int) Math.round(clamp(part + grain, 255));
    }
    return packed;
  }

  private static void write(BufferedImage image, File file) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam how = writer.getDefaultWriteParam();
    how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    how.setCompressionQuality(QUALITY);
    java.nio.file.Files.deleteIfExists(file.toPath());
    try (FileImageOutputStream out = new FileImageOutputStream(file)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
  }
}
