//! Bytes of a text file: opened, counted, decompressed.

use super::discover::{Compression, InputFile};
use crate::store::IngestError;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const BUFFER_BYTES: usize = 1 << 18;

struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Opens a text file.
pub(crate) fn open(file: &InputFile, count: &Arc<AtomicU64>) -> Result<Box<dyn Read + Send>, IngestError> {
    let raw = File::open(&file.path).map_err(|e| IngestError::open(&file.path, e))?;
    let counted = BufReader::with_capacity(BUFFER_BYTES, Counted { inner: raw, count: Arc::clone(count) });
    decompress(counted, file.compression).map_err(|e| IngestError::open(&file.path, e))
}

/// Wraps compressed bytes; several members in one file follow each other.
pub(crate) fn decompress<R: std::io::BufRead + Send + 'static>(
    raw: R,
    compression: Compression,
) -> std::io::Result<Box<dyn Read + Send>> {
    Ok(match compression {
        Compression::None => Box::new(raw),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
    })
}

/// A fault while reading bytes: of the disk, or of the compression.
pub(crate) fn damaged(path: &Path, compression: Compression, source: std::io::Error) -> IngestError {
    if compression == Compression::None {
        return IngestError::open(path, source);
    }
    let what = match source.kind() {
        std::io::ErrorKind::UnexpectedEof => "the compressed data ends too early".to_owned(),
        _ => format!("the compressed data is damaged ({source})"),
    };
    IngestError::Damaged { path: path.to_owned(), what, remedy: "copy or export the file again" }
}

/// Refuses UTF-16, which would only give strange column names.
pub(crate) fn refuse_utf16(path: &Path, start: &[u8]) -> Result<(), IngestError> {
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(IngestError::Damaged {
            path: path.to_owned(),
            what: "the text is UTF-16".to_owned(),
            remedy: "save it as UTF-8, for instance with iconv -f UTF-16 -t UTF-8",
        });
    }
    Ok(())
}
