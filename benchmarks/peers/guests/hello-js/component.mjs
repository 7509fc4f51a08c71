// The body and the headers are made anew for each request, as wasi:http wants it.
import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12';

const TEXT = 'Hello, world!\nI am a function: a few lines of JavaScript, named by a CID.\n';

export const incomingHandler = {
  handle(request, out) {
    const response = new OutgoingResponse(
      Fields.fromList([['content-type', new TextEncoder().encode('text/plain; charset=utf-8')]]));
    const body = response.body();
    ResponseOutparam.set(out, { tag: 'ok', val: response });
    const stream = body.write();
    stream.blockingWriteAndFlush(new TextEncoder().encode(TEXT));
    stream[Symbol.dispose]();
    OutgoingBody.finish(body, undefined);
  },
};
