package dev.limpet.node.library;

import io.ipfs.api.IPFS;
import io.ipfs.multihash.Multihash;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/**
 * What the library has, and the fork that this package is compiled against has not: found by name.
 */
final class NewerMethods {
  private NewerMethods() {}

  /**
   * A repository.
   *
   * @param stored bytes that it has
   * @param most bytes that it should have at most
   */
  record Size(long stored, long most) {}

  /** Whether these methods are there: false of the fork. */
  static boolean arePresent() {
    try {
      var _ = remove();
      var _ = stat();
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  private static Method remove() throws NoSuchMethodException {
    return IPFS.Block.class.getMethod("rm", Multihash.class);
  }

  private static Method stat() throws NoSuchMethodException {
    return IPFS.Repo.class.getMethod("stat", boolean.class);
  }

  /** Removes a block and gives the lines in which Kubo says how that went. */
  static String remove(IPFS ipfs, Multihash block) throws IOException {
    try {
      return new String((byte[]) call(remove(), ipfs.block, block), StandardCharsets.UTF_8);
    } catch (NoSuchMethodException e) {
      throw new IOException("this version of java-ipfs-http-client removes no blocks", e);
    }
  }

  /** How large the repository is; all zero where the library cannot say. */
  static Size size(IPFS ipfs) throws IOException {
    try {
      Object stat = call(stat(), ipfs.repo, true);
      return new Size(
          stat.getClass().getField("RepoSize").getLong(stat),
          stat.getClass().getField("StorageMax").getLong(stat));
    } catch (NoSuchMethodException e) {
      return new Size(0, 0);
    } catch (NoSuchFieldException | IllegalAccessException e) {
      throw new IOException("this version of java-ipfs-http-client is another one", e);
    }
  }

  private static Object call(Method method, Object target, Object argument) throws IOException {
    try {
      return method.invoke(target, argument);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case RuntimeException failed -> throw failed;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (IllegalAccessException e) {
      throw new IOException("java-ipfs-http-client keeps " + method + " to itself", e);
    }
  }
}
