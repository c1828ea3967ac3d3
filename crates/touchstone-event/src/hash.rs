//! Keyed hashes of addresses, devices, browsers and sessions: equality survives, the value does not.

use crate::schema::Field;

/// Hashes identifiers with a key. Without the key a guessed address cannot be checked.
#[derive(Clone, Debug)]
pub struct KeyedHash {
    key: [u8; 32],
}

impl KeyedHash {
    /// A hash under `key`.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// BLAKE3 in keyed mode of the field's name and the value, cut to 64 bits; never 0, so that
    /// 0 may stand for "unknown" in columns. The same text in two fields gives two hashes.
    #[must_use]
    pub fn hash(&self, field: Field, value: &str) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(field.name().as_bytes());
        hasher.update(&[0]);
        hasher.update(value.as_bytes());
        let bytes = hasher.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&bytes.as_bytes()[..8]);
        u64::from_le_bytes(first).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_key_field_and_value() {
        let a = KeyedHash::new([1; 32]);
        let b = KeyedHash::new([2; 32]);
        let one = a.hash(Field::Ip, "10.0.0.1");
        assert_eq!(one, a.hash(Field::Ip, "10.0.0.1"));
        assert_ne!(one, a.hash(Field::Ip, "10.0.0.2"));
        assert_ne!(one, a.hash(Field::Device, "10.0.0.1"));
        assert_ne!(one, b.hash(Field::Ip, "10.0.0.1"));
    }
}
