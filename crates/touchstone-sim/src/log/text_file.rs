//! CSV and TSV, plain or gzipped.

use std::fs::File;
use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;
use touchstone_event::time::read_text;

use super::{Builder, LogError};

pub(super) fn read(builder: &mut Builder<'_>, delimiter: u8, gzipped: bool) -> Result<(), LogError> {
    let path = builder.path;
    let file = File::open(path).map_err(|source| LogError::Read { path: path.to_owned(), source })?;
    let file = BufReader::with_capacity(1 << 20, file);
    let bytes: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);

    let broken = |row, source| LogError::Text { path: path.to_owned(), row, source };
    let header: Vec<String> = table
        .byte_headers()
        .map_err(|source| broken(0, source))?
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().trim_start_matches('\u{feff}').to_owned())
        .collect();
    let places = builder.places(&header)?;

    let mut record = csv::ByteRecord::new();
    while table.read_byte_record(&mut record).map_err(|source| broken(builder.rows + 1, source))? {
        // Bytes that are no UTF-8 make an id unreadable, like an empty one.
        let field = |place: usize| record.get(place).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or("");
        builder.row(
            field(places.actor),
            field(places.target),
            read_text(field(places.ts)),
            places.kind.map(field),
            places.owner.map(field),
        );
    }
    Ok(())
}
