package dev.limpet.wasmhost.data;

import java.util.Map;

final class InMemoryDataMountTest extends DataMountContract {

  @Override
  protected DataMount mountOf(Map<String, byte[]> files) {
    InMemoryDataMount mount = InMemoryDataMount.directory();
    files.forEach(mount::add);
    return mount;
  }

  @Override
  protected DataMount mountOfFile(byte[] content) {
    return InMemoryDataMount.file(content);
  }
}
