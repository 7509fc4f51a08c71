//! Says what functions-examples/hello says, as a component of the wasi:http proxy world.

use wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

const TEXT: &[u8] =
    b"Hello, world!\nI am a function: a few KB of WebAssembly, written in C, named by a CID.\n";

struct Hello;

wasi::http::proxy::export!(Hello);

impl wasi::exports::http::incoming_handler::Guest for Hello {
    fn handle(_request: IncomingRequest, answer: ResponseOutparam) {
        let headers = Fields::new();
        headers.set("content-type", &[b"text/plain; charset=utf-8".to_vec()]).unwrap();
        headers.set("content-length", &[TEXT.len().to_string().into_bytes()]).unwrap();
        let response = OutgoingResponse::new(headers);
        let body = response.body().unwrap();
        ResponseOutparam::set(answer, Ok(response));
        let out = body.write().unwrap();
        out.blocking_write_and_flush(TEXT).unwrap();
        drop(out);
        OutgoingBody::finish(body, None).unwrap();
    }
}
