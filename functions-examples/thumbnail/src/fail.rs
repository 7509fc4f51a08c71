//! Why there is no picture: a status, and one sentence for the caller.

use std::fmt::Display;
use std::io;

pub struct Fail {
    code: u16,
    message: String,
}

impl Fail {
    /// What is asked for does not fit.
    pub fn request(message: impl Into<String>) -> Fail {
        Fail { code: 400, message: message.into() }
    }

    pub fn no_such_path() -> Fail {
        Fail { code: 404, message: "there is nothing below thumbnail: leave the path out".into() }
    }

    pub fn method() -> Fail {
        Fail { code: 405, message: "GET on a picture, or POST one".into() }
    }

    pub fn too_large(message: impl Into<String>) -> Fail {
        Fail { code: 413, message: message.into() }
    }

    pub fn no_picture() -> Fail {
        Fail { code: 415, message: "this is no JPEG, PNG, GIF or WebP".into() }
    }

    /// It begins as a picture and goes on as none, or as one that this function does not know.
    pub fn broken(reason: impl Display) -> Fail {
        Fail { code: 422, message: format!("the picture cannot be decoded: {reason}") }
    }

    pub fn io(error: io::Error) -> Fail {
        Fail { code: 500, message: format!("the picture cannot be read: {error}") }
    }

    pub fn internal(error: impl Display) -> Fail {
        Fail { code: 500, message: format!("the thumbnail cannot be made: {error}") }
    }

    pub fn status(&self) -> &'static str {
        match self.code {
            400 => "400 Bad Request",
            404 => "404 Not Found",
            405 => "405 Method Not Allowed",
            413 => "413 Content Too Large",
            415 => "415 Unsupported Media Type",
            422 => "422 Unprocessable Content",
            _ => "500 Internal Server Error",
        }
    }

    /// The header line that belongs to the status, or nothing.
    pub fn header(&self) -> &'static str {
        if self.code == 405 {
            "Allow: GET, HEAD, POST\n"
        } else {
            ""
        }
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}
