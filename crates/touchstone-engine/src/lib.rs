//! Landing, sources, interning, partitions and spill; running the signals; writing findings.

pub mod audit;
pub mod batch;
pub mod evaluate;
pub mod landing;
pub mod rank;
pub mod reread;
pub mod run;
mod source;
pub mod store;
pub mod write;

/// BLAKE3 of a text, as hexadecimal.
#[must_use]
pub fn hash_text(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
