//! Bodies as sent become bodies as meant, within a limit: a small body may be a large one in disguise.

use crate::problem::{Code, Problem};
use std::borrow::Cow;
use std::io::Read;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    pub(super) fn of(header: Option<&str>) -> Result<Self, Problem> {
        match header.unwrap_or("identity").trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain),
            "gzip" | "x-gzip" | "gz" => Ok(Self::Gzip),
            "zstd" | "zst" => Ok(Self::Zstd),
            other => Err(Problem::new(Code::UnsupportedEncoding, format!("Content-Encoding \"{other}\""))),
        }
    }

    /// The body as meant, of at most `bytes_max`.
    pub(super) fn plain(self, sent: &[u8], bytes_max: usize) -> Result<Cow<'_, [u8]>, Problem> {
        let damaged = |e: std::io::Error| Problem::new(Code::UnsupportedEncoding, format!("the body is damaged: {e}"));
        let packed: Box<dyn Read + '_> = match self {
            Self::Plain if sent.len() > bytes_max => return Err(too_large(bytes_max)),
            Self::Plain => return Ok(Cow::Borrowed(sent)),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(sent)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(sent).map_err(damaged)?;
                // A window of 128 MiB may be asked for by a few bytes.
                decoder.window_log_max(23).map_err(damaged)?;
                Box::new(decoder)
            }
        };
        let mut plain = Vec::new();
        packed.take(bytes_max as u64 + 1).read_to_end(&mut plain).map_err(damaged)?;
        if plain.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        Ok(Cow::Owned(plain))
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("more than {bytes_max} bytes after decompression"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn comes_back_within_the_limit_and_not_beyond() {
        let text = vec![b'x'; 10_000];
        for (encoding, sent) in [
            (Encoding::Plain, text.clone()),
            (Encoding::Gzip, gzip(&text)),
            (Encoding::Zstd, zstd::encode_all(text.as_slice(), 1).unwrap()),
        ] {
            assert_eq!(encoding.plain(&sent, 10_000).unwrap(), text);
            assert_eq!(encoding.plain(&sent, 9_999).unwrap_err().code, Code::BodyTooLarge);
        }
        assert_eq!(Encoding::Gzip.plain(&gzip(&text)[..20], 10_000).unwrap_err().code, Code::UnsupportedEncoding);
        assert_eq!(Encoding::Zstd.plain(b"no", 10_000).unwrap_err().code, Code::UnsupportedEncoding);
        let bomb = gzip(&vec![0; 50 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(Encoding::Gzip.plain(&bomb, 1 << 20).unwrap_err().code, Code::BodyTooLarge);
    }
}
