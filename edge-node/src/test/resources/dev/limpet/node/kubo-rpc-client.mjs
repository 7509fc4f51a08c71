// What a program that uses npm's kubo-rpc-client does, one step a run: node FILE API STEP. Prints values, one a line.
// Node.js 20 has no Promise.withResolvers, which the client needs.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new Promise((a, b) => { resolve = a; reject = b })
  return { promise, resolve, reject }
}
const { create } = await import('kubo-rpc-client')

const [api, step] = process.argv.slice(2)
const client = create({ url: api })
const text = new TextEncoder()

const shown = (value) => JSON.stringify(value, (key, each) =>
  each?.['/'] !== undefined ? String(each) : typeof each === 'bigint' ? Number(each) : each)
const all = async (source) => {
  const values = []
  for await (const value of source) values.push(value)
  return values
}
const bytes = async (source) => Buffer.concat(await all(source)).toString('latin1')
const print = (value) => console.log(typeof value === 'string' ? value : shown(value))
const added = (result) => ({ path: result.path, cid: String(result.cid), size: result.size })
const tree = async () => (await all(client.addAll([
  { path: 'd/a.txt', content: text.encode('hello') },
  { path: 'd/sub/b.txt', content: text.encode('b b') }
], { cidVersion: 1 }))).map(added)

const steps = {
  add: async () => print(added(await client.add(text.encode('hello'), { cidVersion: 1 }))),
  addAll: async () => print(await tree()),
  progress: async () => {
    let last = 0
    const result = await client.add(new Uint8Array(700_000), { progress: (so) => { last = so } })
    print([added(result), last])
  },
  cat: async () => {
    const { cid } = await client.add(text.encode('hello'))
    print(await bytes(client.cat(cid)))
    print(await bytes(client.cat(cid, { offset: 1, length: 3 })))
  },
  get: async () => print((await bytes(client.get((await tree())[0].cid))).length > 512),
  ls: async () => {
    const root = (await tree()).at(-1).cid
    print((await all(client.ls(root))).map((e) => [e.name, String(e.cid), e.type, e.size]))
  },
  block: async () => {
    const cid = await client.block.put(text.encode('a block'))
    print(String(cid))
    print(Buffer.from(await client.block.get(cid)).toString())
    print((await client.block.stat(cid)).size)
    print((await all(client.block.rm(cid))).map((r) => [String(r.cid), r.error?.message]))
  },
  dag: async () => {
    const cid = await client.dag.put({ a: 1, list: ['x', 2.5] })
    print(String(cid))
    print((await client.dag.get(cid)).value)
    print((await client.dag.get(cid, { path: '/list/1' })).value)
  },
  car: async () => {
    const root = (await tree()).at(-1).cid
    const car = await all(client.dag.export(root))
    print(Buffer.concat(car).length)
    print((await all(client.dag.import([car], { pinRoots: true }))).map((r) => String(r.root?.cid)))
  },
  pin: async () => {
    const { cid } = await client.add(text.encode('a pin'), { pin: false })
    print(String(await client.pin.add(cid)))
    print((await all(client.pin.ls({ paths: cid }))).map((p) => [String(p.cid), p.type]))
    print(String(await client.pin.rm(cid)))
  },
  refs: async () => print((await all(client.refs((await tree()).at(-1).cid, { recursive: true }))).map((r) => r.ref)),
  resolve: async () => print(await client.resolve(`/ipfs/${(await tree()).at(-1).cid}/a.txt`)),
  missing: async () => {
    const absent = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    await bytes(client.cat(absent)).catch((e) => print(e.message))
    await client.pin.rm(absent).catch((e) => print(e.message))
  },
  id: async () => print(Object.keys(await client.id()).sort()),
  addOptions: async () => {
    const content = new Uint8Array(700_000).map((_, i) => i)
    for (const options of [
      { onlyHash: true }, { rawLeaves: true }, { trickle: true }, { chunker: 'size-4096' }, { chunker: 'rabin' },
      { chunker: 'buzhash' }, { hashAlg: 'sha2-512', cidVersion: 1 }, { wrapWithDirectory: true }, { pin: false },
      { cidVersion: 1, rawLeaves: false }
    ]) print(added(await client.add({ path: 'a/b', content }, options)))
    const old = { path: 'f', content: text.encode('hello'), mode: 0o600, mtime: { secs: 1000, nsecs: 5 } }
    print(added(await client.add(old, { preserveMode: true, preserveMtime: true })))
  },
  blockOptions: async () => {
    for (const options of [{ format: 'v0' }, { format: 'raw', mhtype: 'sha2-512' }, { format: 'dag-cbor', pin: true }]) {
      print(String(await client.block.put(new Uint8Array([0xa0]), options)))
    }
    const absent = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    await client.block.stat(absent).catch((e) => print(e.message))
    print((await all(client.block.rm(absent, { force: true }))).map((r) => [String(r.cid), r.error?.message]))
    print((await all(client.block.rm(absent))).map((r) => [String(r.cid), r.error?.message]))
  },
  dagOptions: async () => {
    const value = { a: new Uint8Array([1, 2]), b: null, c: [true, 1.5] }
    print(String(await client.dag.put(value, { storeCodec: 'dag-json', hashAlg: 'sha2-512' })))
    const cid = await client.dag.put(value, { pin: true })
    print(await client.dag.resolve(cid, { path: '/c/1' }))
    print((await client.dag.get(cid, { path: '/a' })).value)
    await client.dag.get(cid, { path: '/nope' }).catch((e) => print(e.message))
    const { cid: file } = await client.add(new Uint8Array(700_000), { cidVersion: 1 })
    const node = (await client.dag.get(file)).value
    print(node.Links.map((link) => [link.Name, link.Tsize, String(link.Hash)]))
  },
  pinOptions: async () => {
    const { cid } = await client.add(text.encode('named'), { pin: false })
    print(String(await client.pin.add(cid, { name: 'a name', recursive: false })))
    const told = async (options) => print((await all(client.pin.ls(options))).map((p) => [String(p.cid), p.type, p.name]))
    await told({ type: 'direct', names: true })
    await told({ name: 'a n' })
    await told({ paths: [cid], type: 'direct' })
    await told({ paths: cid, type: 'recursive' }).catch((e) => print(e.message))
    print((await all(client.pin.addAll([{ path: cid, recursive: true }]))).map(String))
    print((await all(client.pin.rmAll([cid]))).map(String))
  },
  refsOptions: async () => {
    const root = (await tree()).at(-1).cid
    for (const options of [{ edges: true, recursive: true }, { unique: true, recursive: true }, { maxDepth: 1, recursive: true },
      { format: '<src> <linkname>' }]) print((await all(client.refs(root, options))).map((r) => [r.ref, r.err]))
    print((await all(client.refs.local())).every((r) => r.ref.startsWith('bafkrei')))
  },
  names: async () => {
    const { cid } = await client.add(text.encode('named'))
    const key = await client.key.gen('k', { type: 'ed25519' })
    print([key.name, key.id.startsWith('k51')])
    print((await client.key.list()).map((k) => k.name))
    const published = await client.name.publish(cid, { key: 'k', lifetime: '1h', ttl: '1m', allowOffline: true })
    print([published.name === key.id, published.value])
    print(await all(client.name.resolve(key.id)))
    print(await client.resolve(`/ipns/${key.id}`))
    const renamed = await client.key.rename('k', 'l')
    print([renamed.was, renamed.now, renamed.id === key.id, renamed.overwrite])
    print((await client.key.rm('l')).name)
    await client.key.rm('l').catch((e) => print(e.message))
  },
  repo: async () => {
    print(Object.keys(await client.repo.stat()).sort())
    print(await client.repo.version())
    print((await client.version()).version)
    print((await all(client.repo.gc({ quiet: true }))).length >= 0)
  },
  aborted: async () => {
    await bytes(client.cat('nope')).catch((e) => print(e.message))
    await all(client.ls('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')).catch((e) => print(e.message))
    await client.pin.add('nope').catch((e) => print(e.message))
  }
}

await steps[step]()
