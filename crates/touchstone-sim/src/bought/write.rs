//! Bought rows as an event file, in the columns of the log they go beside.

use super::{Bought, Market};
use crate::simulate::table::{Column, Table};
use std::fs::File;
use std::io;
use std::path::Path;

/// Which columns the log has, and what they are called there. `None`: it has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Who acts.
    pub actor: String,
    /// On what.
    pub target: String,
    /// When; `None` where the log has no times.
    pub ts: Option<String>,
    /// What; views are left out where there is none.
    pub kind: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Milliseconds watched.
    pub dwell_ms: Option<String>,
    /// Fraction watched.
    pub watch_fraction: Option<String>,
    /// Address.
    pub ip: Option<String>,
    /// Device.
    pub device: Option<String>,
    /// Identity of the event.
    pub event_id: Option<String>,
    /// The kind that is bought.
    pub endorsed: String,
}

/// Writes the rows as Parquet.
///
/// # Errors
/// If the file cannot be written.
pub fn write(rows: &[Bought], market: &Market, columns: &Columns, path: &Path) -> io::Result<()> {
    let kept: Vec<(usize, &Bought)> =
        rows.iter().enumerate().filter(|(_, r)| columns.kind.is_some() || !r.view).collect();
    let real = |r: &Bought| r.device == 0;
    let mut table = Table::new()
        .with(&columns.actor, Column::texts(&kept, |(_, r)| r.actor.clone()))
        .with(&columns.target, Column::texts(&kept, |(_, r)| market.targets[r.target].name.clone()));
    if let Some(name) = &columns.ts {
        table = table.with(name, Column::times(&kept, |(_, r)| Some(r.ts_ms)));
    }
    if let Some(name) = &columns.kind {
        let kind = |r: &Bought| if r.view { "view".to_owned() } else { columns.endorsed.clone() };
        table = table.with(name, Column::texts(&kept, |(_, r)| kind(r)));
    }
    if let Some(name) = &columns.owner {
        table = table.with(name, Column::maybe_texts(&kept, |(_, r)| market.targets[r.target].owner.clone()));
    }
    if let Some(name) = &columns.dwell_ms {
        table = table.with(name, Column::numbers(&kept, |(_, r)| r.view.then_some(r.dwell_ms)));
    }
    if let Some(name) = &columns.watch_fraction {
        table = table.with(name, Column::numbers(&kept, |(_, r)| r.view.then_some(r.fraction)));
    }
    if let Some(name) = &columns.ip {
        let ip = |r: &Bought| (!real(r)).then(|| dotted(r.ip));
        table = table.with(name, Column::maybe_texts(&kept, |(_, r)| ip(r)));
    }
    if let Some(name) = &columns.device {
        table = table.with(name, Column::maybe_texts(&kept, |(_, r)| (!real(r)).then(|| format!("svc-{}", r.device))));
    }
    if let Some(name) = &columns.event_id {
        table = table.with(name, Column::texts(&kept, |(i, _)| format!("bought-{i}")));
    }
    table.write(File::create(path)?)
}

fn dotted(ip: u32) -> String {
    let [a, b, c, d] = ip.to_be_bytes();
    format!("{a}.{b}.{c}.{d}")
}
