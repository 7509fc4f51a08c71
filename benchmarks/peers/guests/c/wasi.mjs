// Runs a WASI command in V8 with one folder as its root, as a process of its own: node wasi.mjs MODULE FOLDER [ARG…]

import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [file, folder, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: ["function", ...args], preopens: { "/": folder } });
const { instance } = await WebAssembly.instantiate(readFileSync(file), wasi.getImportObject());
process.exitCode = wasi.start(instance);
