// A fresh instance of a module of one page for each request; it says where its text stands.
import module from "hello.wasm";

export default {
  fetch() {
    const { hello, memory } = new WebAssembly.Instance(module, {}).exports;
    const packed = hello();
    const text = new Uint8Array(memory.buffer, packed >>> 16, packed & 0xffff);
    return new Response(text.slice(), { headers: { "content-type": "text/plain; charset=utf-8" } });
  },
};
