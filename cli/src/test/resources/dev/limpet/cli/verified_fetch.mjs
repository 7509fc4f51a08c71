// Gets a file through @helia/verified-fetch from whoever a router names: ROUTER CID OUTPUT
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createVerifiedFetch } from '@helia/verified-fetch'

const [router, cid, output] = process.argv.slice(2)
const verifiedFetch = await createVerifiedFetch({
  gateways: [],
  routers: [router],
  allowLocal: true,
  dnsResolvers: [],
  libp2pConfig: { addresses: { listen: [] }, peerDiscovery: [], transports: [] }
})
const answer = await verifiedFetch(`ipfs://${cid}`, { signal: AbortSignal.timeout(60_000) })
if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
await pipeline(Readable.fromWeb(answer.body), createWriteStream(output))
process.exit(0)
