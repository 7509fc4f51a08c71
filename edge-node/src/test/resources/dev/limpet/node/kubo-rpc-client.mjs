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
  id: async () => print(Object.keys(await client.id()).sort())
}

await steps[step]()
