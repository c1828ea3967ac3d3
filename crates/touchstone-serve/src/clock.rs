//! The time of day: asked here alone.

/// Microseconds since 1970 UTC.
pub(crate) fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Seconds since 1970 UTC.
pub(crate) fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}
