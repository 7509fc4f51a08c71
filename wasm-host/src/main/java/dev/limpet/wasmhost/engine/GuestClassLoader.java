package dev.limpet.wasmhost.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds the classes of one module, so that they can be unloaded with it. */
final class GuestClassLoader extends ClassLoader {

  GuestClassLoader() {
    super("limpet-guest", GuestClassLoader.class.getClassLoader());
  }

  /** Loads and links every class now: nothing of the kind may happen deep inside a guest. */
  Class<?> loadAll(Map<String, byte[]> classes, String main) throws ClassNotFoundException {
    for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
      byte[] bytes = entry.getValue();
      Class<?> _ = defineClass(entry.getKey(), bytes, 0, bytes.length);
    }
    for (String name : classes.keySet()) {
      Class<?> _ = Class.forName(name, true, this);
    }
    return loadClass(main);
  }

  @Override
  protected @Nullable Class<?> findClass(String name) throws ClassNotFoundException {
    throw new ClassNotFoundException(name);
  }
}
