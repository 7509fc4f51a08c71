// Runs a WASI command in V8 once for each line of arguments on standard input, in a fresh instance of the
// module that was compiled at the start; answers as KernelRuns does: what it wrote, CPU and wall microseconds.

import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { WASI } from "node:wasi";

const [file, out] = process.argv.slice(2);
const module = await WebAssembly.compile(readFileSync(file));

const run = (args) => {
  const stdout = openSync(out, "w+");
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  const wasi = new WASI({ version: "preview1", args: ["function", ...args], stdout, returnOnExit: true });
  const code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
  const micros = (process.hrtime.bigint() - wall) / 1000n;
  const used = process.cpuUsage(cpu);
  if (code !== 0) throw new Error(`exit code ${code}`);
  const text = readFileSync(out, "utf8").trim();
  closeSync(stdout);
  return `${text} ${used.user + used.system} ${micros}`;
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(run(line.split(" ")));
}
