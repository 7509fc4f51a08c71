// node build.mjs OUT, in a folder whose node_modules have componentize-js and jco: makes a component of component.mjs.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve('node_modules', '@bytecodealliance');
await mkdir('wit/deps', { recursive: true });
await cp(join(here, 'world.wit'), 'wit/world.wit');
await cp(join(modules, 'jco', 'lib', 'wit', 'builtin', '0.2.12'), 'wit/deps', { recursive: true });
const { componentize } = await import(pathToFileURL(join(modules, 'componentize-js', 'src', 'componentize.js')));
const { component } = await componentize({
  sourcePath: join(here, 'component.mjs'),
  witPath: resolve('wit'),
  worldName: 'hello',
  disableFeatures: ['fetch-event', 'http'],
});
await writeFile(process.argv[2], component);
