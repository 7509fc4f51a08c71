//! What the caller asks for: the query, each parameter once.

use crate::Fail;

/// A thumbnail of more pixels is no thumbnail.
pub const MAX_SIDE: u32 = 2048;

const DEFAULT_SIDE: u32 = 256;
const DEFAULT_QUALITY: u8 = 80;
const USAGE: &str = "parameters are width= and height= (1 to 2048), fit=contain or cover, \
                     quality= (1 to 100), format=auto, jpeg or png";

#[derive(Clone, Copy, PartialEq)]
pub enum Fit {
    /// The whole picture, inside of the box.
    Contain,
    /// The whole box, with what is outside of it cut away on both sides.
    Cover,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    /// PNG for a picture with transparent pixels, else JPEG.
    Auto,
    Jpeg,
    Png,
}

pub struct Request {
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub fit: Fit,
    pub quality: u8,
    pub format: Format,
}

impl Request {
    pub fn parse(method: &str, path: &str, query: &str) -> Result<Request, Fail> {
        if !matches!(method, "GET" | "HEAD" | "POST") {
            return Err(Fail::method());
        }
        if !path.is_empty() {
            return Err(Fail::no_such_path());
        }
        let mut given: Vec<(&str, &str)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if given.iter().any(|(other, _)| *other == name) {
                return Err(Fail::request(format!("{name}= stands there twice")));
            }
            given.push((name, value));
        }
        Request::of(&given)
    }

    fn of(given: &[(&str, &str)]) -> Result<Request, Fail> {
        let mut request = Request {
            width: None,
            height: None,
            fit: Fit::Contain,
            quality: DEFAULT_QUALITY,
            format: Format::Auto,
        };
        for (name, value) in given {
            request.take(name, value)?;
        }
        if request.width.is_none() && request.height.is_none() {
            request.width = Some(DEFAULT_SIDE);
            request.height = Some(DEFAULT_SIDE);
        }
        if request.fit == Fit::Cover && (request.width.is_none() || request.height.is_none()) {
            return Err(Fail::request("fit=cover takes both width= and height="));
        }
        Ok(request)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Fail> {
        match (name, value) {
            ("width", _) => self.width = Some(number(name, value, MAX_SIDE)?),
            ("height", _) => self.height = Some(number(name, value, MAX_SIDE)?),
            ("quality", _) => self.quality = number(name, value, 100)? as u8,
            ("fit", "contain") => self.fit = Fit::Contain,
            ("fit", "cover") => self.fit = Fit::Cover,
            ("format", "auto") => self.format = Format::Auto,
            ("format", "jpeg") => self.format = Format::Jpeg,
            ("format", "png") => self.format = Format::Png,
            ("fit" | "format", _) => {
                return Err(Fail::request(format!("{name}={value} is not known; {USAGE}")))
            }
            _ => return Err(Fail::request(format!("no parameter {name}; {USAGE}"))),
        }
        Ok(())
    }
}

fn number(name: &str, value: &str, most: u32) -> Result<u32, Fail> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse::<u32>() {
        Ok(number) if digits && (1..=most).contains(&number) => Ok(number),
        _ => Err(Fail::request(format!("{name}={value} must be a number from 1 to {most}"))),
    }
}
