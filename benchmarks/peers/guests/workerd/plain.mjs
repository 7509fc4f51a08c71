// The text alone, from JavaScript.
const text = "Hello, world!\nI am a function: a few KB of WebAssembly, written in C, named by a CID.\n";

export default {
  fetch() {
    return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
  },
};
