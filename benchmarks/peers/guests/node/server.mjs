// The least that a server in Node.js can be: the text of hello, to every request. `node server.mjs PORT`.
import { createServer } from "node:http";

const text = "Hello, world!\nI am a function: a few KB of WebAssembly, written in C, named by a CID.\n";

createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  response.end(text);
}).listen(Number(process.argv[2]), "127.0.0.1");
