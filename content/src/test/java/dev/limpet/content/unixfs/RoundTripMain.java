package dev.limpet.content.unixfs;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Imports a file of so many MiB, reads it, exports it as a CAR, imports that CAR into another store
 * and reads it there; all in a heap that is smaller than the file. Prints what it found.
 */
final class RoundTripMain {
  private static final String SEED = "round trip";
  private static final int BUFFER = 64 << 10;

  private RoundTripMain() {}

  /** Arguments: an empty folder, MiB. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    long bytes = Long.parseLong(arguments[1]) << 20;
    PackOptions options = PackOptions.store(2 * bytes + (64 << 20));
    Path car = folder.resolve("export.car");
    ImportedRoot root;
    try (PackBlockstore first = PackBlockstore.open(folder.resolve("first"), options)) {
      root =
          new UnixFsImporter(first, UnixFsProfile.V1_2025).importFile(new KeyStream(SEED, bytes));
      first.sync();
      System.out.println("size " + root.size());
      System.out.println("whole " + digest(new KeyStream(SEED, bytes)));
      System.out.println("first " + digest(open(first, root.cid())));
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), BUFFER)) {
        CarExport.write(first, root.cid(), out);
      }
    }
    try (PackBlockstore second = PackBlockstore.open(folder.resolve("second"), options)) {
      Cid named = importCar(car, second);
      System.out.println("same root " + named.equals(root.cid()));
      System.out.println("complete " + Dag.stat(second, named).complete());
      System.out.println("second " + digest(open(second, named)));
    }
  }

  private static Cid importCar(Path car, PackBlockstore store) throws IOException {
    try (InputStream in = Files.newInputStream(car)) {
      CarReader reader = new CarReader(in, CarLimits.unbounded());
      for (Block block = reader.next(); block != null; block = reader.next()) {
        store.put(block);
      }
      store.sync();
      return reader.roots().getFirst();
    }
  }

  private static InputStream open(PackBlockstore store, Cid cid) {
    UnixFsReader reader = new UnixFsReader(store);
    UnixFsFile file = (UnixFsFile) reader.entry(cid);
    return reader.open(file, 0, file.size());
  }

  private static String digest(InputStream in) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sha256.update(buffer, 0, read);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
