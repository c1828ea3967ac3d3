//! Columns of the findings files, as the contract names them.

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

pub(crate) fn schema(columns: &[(&str, DataType, bool)]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|(n, t, null)| Field::new(*n, t.clone(), *null)).collect::<Vec<_>>()))
}

pub(crate) fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

use DataType::{Float64, UInt64, Utf8};

/// accounts: one row an account with an endorsement.
pub(super) fn accounts() -> SchemaRef {
    schema(&[
        ("account", Utf8, false),
        ("verdict", Utf8, false),
        ("evidence_bits", Float64, false),
        ("ring", Utf8, true),
        ("endorsements", UInt64, false),
        ("discounted", Float64, false),
        ("top_signal", Utf8, true),
    ])
}

/// likes: one row a counted endorsement.
pub(super) fn likes() -> SchemaRef {
    schema(&[
        ("actor", Utf8, false),
        ("target", Utf8, false),
        ("ts", time(), true),
        ("p_fake", Float64, false),
        ("ring", Utf8, true),
    ])
}

/// targets: one row a target with an endorsement.
pub(super) fn targets() -> SchemaRef {
    schema(&[
        ("target", Utf8, false),
        ("owner", Utf8, true),
        ("likes", UInt64, false),
        ("authentic", Float64, false),
        ("authentic_low", Float64, false),
        ("authentic_high", Float64, false),
        ("bubble", Float64, false),
    ])
}

/// rings: one row a ring.
pub(super) fn rings() -> SchemaRef {
    schema(&[
        ("ring", Utf8, false),
        ("kind", Utf8, false),
        ("members", UInt64, false),
        ("targets", UInt64, false),
        ("first_ts", time(), true),
        ("last_ts", time(), true),
        ("evidence_bits", Float64, false),
        ("accused", UInt64, false),
        ("window_seconds", Float64, true),
    ])
}

/// ring_members: one row a member of a ring.
pub(super) fn ring_members() -> SchemaRef {
    schema(&[
        ("ring", Utf8, false),
        ("account", Utf8, false),
        ("evidence_bits", Float64, false),
        ("joint_targets", UInt64, false),
    ])
}

/// evidence: one row a piece of evidence.
pub(super) fn evidence() -> SchemaRef {
    schema(&[
        ("subject_type", Utf8, false),
        ("subject", Utf8, false),
        ("signal", Utf8, false),
        ("bits", Float64, false),
        ("statistic", Utf8, false),
        ("observed", Float64, false),
        ("expected", Float64, false),
        ("detail", Utf8, false),
    ])
}
