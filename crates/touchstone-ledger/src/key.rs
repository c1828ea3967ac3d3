//! The operator's key: a file of 64 hexadecimal digits that only its owner can read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is no key.
    #[error("{}: is no key; a key is 64 hexadecimal digits", .0.display())]
    NoKey(PathBuf),
    /// The system refused.
    #[error("{}: cannot be read or made as the ledger's key", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No source of randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// Reads a key, or makes one where there is no file. Keep it: with another key, appeal links already sent are void and
/// other accounts are in a roll-out.
///
/// # Errors
/// The file cannot be read or made, or holds something else.
pub fn read_or_make(path: &Path) -> Result<[u8; 32], KeyError> {
    let io = |source| KeyError::Io { path: path.to_owned(), source };
    match std::fs::read_to_string(path) {
        Ok(text) => parse(text.trim()).ok_or_else(|| KeyError::NoKey(path.to_owned())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|e| KeyError::Random(e.to_string()))?;
            let digits: String = key.iter().map(|b| format!("{b:02x}")).collect();
            match whole(path, &digits, &digits[..16]) {
                Ok(()) => Ok(key),
                // Somebody made one at the same moment: theirs holds.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => read_or_make(path),
                Err(e) => Err(io(e)),
            }
        }
        Err(e) => Err(io(e)),
    }
}

/// Makes a file that only its owner reads, whole or not at all, and never in place of another.
fn whole(path: &Path, text: &str, unlike: &str) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{unlike}.new"));
    let scratch = PathBuf::from(name);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&scratch)?;
    let made = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let made = made.and_then(|()| std::fs::hard_link(&scratch, path));
    std::fs::remove_file(&scratch)?;
    made
}

fn parse(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = read_or_make(&path).unwrap();
        assert_ne!(key, [0; 32]);
        assert_eq!(read_or_make(&path).unwrap(), key);
        std::fs::write(&path, "hello").unwrap();
        assert!(matches!(read_or_make(&path), Err(KeyError::NoKey(_))));
    }
}
