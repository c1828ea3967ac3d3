//! What must hold for any log: the order of rows, their split into files, the format, threads and
//! memory change nothing; and the store says what a plain reading of the rows says.
#![allow(missing_docs, clippy::type_complexity)]

mod logs;

use logs::{Bench, Table, likes, same, show};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// (actor, target, seconds, kind, owner, event id, ip, dwell).
type Row = (u8, u8, u16, u8, u8, u8, u8, u8);

const KINDS: [&str; 6] = ["like", "unlike", "view", "star", "unstar", "comment"];

fn table(rows: &[Row], wide: bool) -> Table {
    let named =
        |prefix: &str, n: u8, of: u8| if n.is_multiple_of(of) { String::new() } else { format!("{prefix}{}", n % of) };
    let cells = |row: &Row| {
        let (actor, target, ts, kind, owner, id, ip, dwell) = *row;
        let mut cells = vec![
            format!("account number {}", actor % 12),
            format!("p{}", target % 9),
            (1_700_000_000 + i64::from(ts % 40)).to_string(),
        ];
        if wide {
            cells.extend([
                KINDS[usize::from(kind) % KINDS.len()].to_owned(),
                named("o", owner, 4),
                named("e", id, 90),
                named("10.0.0.", ip, 5),
                named("", dwell, 7),
            ]);
        }
        cells
    };
    let mut columns = vec!["actor", "target", "ts"];
    if wide {
        columns.extend(["kind", "owner", "event_id", "ip", "dwell_ms"]);
    }
    Table { columns, rows: rows.iter().map(cells).collect() }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // No row at all has no endorsement, and few rows may have none: one is always there.
    prop::collection::vec(any::<Row>(), 0..120).prop_map(|mut rows| {
        rows.push((1, 1, 1, 0, 1, 0, 1, 1));
        rows
    })
}

fn read(bench: Bench) -> String {
    bench.with(|o| o.endorse = vec!["like".into(), "star".into()]).shown()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_split_format_threads_and_memory_change_nothing(
        rows in rows(),
        shuffled in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        wide in any::<bool>(),
    ) {
        let whole = table(&rows, wide);
        let expect = read(Bench::new().file("a.csv", whole.csv(b',')));

        let mut turned = whole.clone();
        turned.rows.reverse();
        let by = shuffled.index(rows.len());
        turned.rows.rotate_left(by);
        same(&read(Bench::new().file("a.csv", turned.csv(b','))), &expect, "order");

        let (head, tail) = turned.rows.split_at(cut.index(rows.len()));
        let part = |rows: &[Vec<String>]| Table { columns: whole.columns.clone(), rows: rows.to_vec() };
        let blank = [part(head).jsonl(), b"\n".to_vec()].concat();
        let split = Bench::new().file("b.jsonl", blank).file("a.csv", part(tail).csv(b','));
        // A JSON Lines part without rows has no columns; the other has them all.
        same(&read(split), &expect, "split");

        let parquet = Bench::new().file("a.parquet", "");
        turned.parquet(&parquet.path("a.parquet"), by % 2 == 0, 1 + by);
        same(&read(parquet), &expect, "parquet");

        let spilled = Bench::new().file("a.jsonl", turned.jsonl()).with(|o| o.memory_limit_bytes = Some(1));
        same(&read(spilled), &expect, "spilled");

        let pool = rayon::ThreadPoolBuilder::new().num_threads(1 + by % 5).build().unwrap();
        let threads = Bench::new().file("a.tsv", turned.csv(b'\t'));
        same(&pool.install(|| read(threads)), &expect, "threads");
    }

    #[test]
    fn the_store_says_what_the_rows_say(rows in rows()) {
        // Oracle: events by (actor, target) in time, likes and stars standing or not.
        let table = table(&rows, true);
        let mut by_id: BTreeMap<String, ((&str, &str, &str, usize), &Vec<String>)> = BTreeMap::new();
        let mut events: Vec<&Vec<String>> = Vec::new();
        for row in &table.rows {
            let counts = row[3] != "comment";
            if !counts {
                continue;
            }
            if row[5].is_empty() {
                events.push(row);
                continue;
            }
            let class = ["like", "star", "unlike", "unstar", "view"].iter().position(|k| **k == row[3]).unwrap();
            let rank = (row[2].as_str(), row[0].as_str(), row[1].as_str(), class);
            let best = by_id.entry(row[5].clone()).or_insert((rank, row));
            if rank < best.0 {
                *best = (rank, row);
            }
        }
        events.extend(by_id.values().map(|(_, row)| *row));
        let mut pairs: BTreeMap<(String, String), Vec<(String, bool, String)>> = BTreeMap::new();
        for row in events.iter().filter(|row| row[3] != "view") {
            let (taken, kind) = (row[3].starts_with("un"), row[3].trim_start_matches("un").to_owned());
            pairs.entry((row[0].clone(), row[1].clone())).or_default().push((row[2].clone(), taken, kind));
        }
        let mut expect = BTreeSet::new();
        for ((actor, target), mut events) in pairs {
            events.sort();
            let mut standing: BTreeMap<String, String> = BTreeMap::new();
            for (ts, taken, kind) in events {
                if taken { standing.remove(&kind); } else { standing.entry(kind).or_insert(ts); }
            }
            if let Some(ts) = standing.values().min() {
                expect.insert(format!("{actor}>{target}@{ts}000000"));
            }
        }
        let bench = Bench::new().file("a.csv", table.csv(b',')).with(|o| o.endorse = vec!["like".into(), "star".into()]);
        let store = bench.read().unwrap();
        prop_assert_eq!(likes(&store), expect.into_iter().collect::<Vec<_>>());
        let facts = store.facts();
        prop_assert_eq!(facts.views, events.iter().filter(|row| row[3] == "view").count() as u64);
        // Every event is kept, a duplicate, a repeat, a take-back, or taken back.
        let given: u64 = ["like", "star", "unlike", "unstar", "view"].iter().filter_map(|k| facts.kinds.get(*k)).sum();
        let accounted = facts.endorsements + facts.views + facts.duplicates + facts.repeats
            + 2 * facts.taken_back + facts.idle_take_backs;
        prop_assert_eq!(given, accounted);
        prop_assert!(!show(&store).is_empty());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 1..400), text in "[\\[{\":,a-z0-9\\n\\r\"' .eE+-]{1,200}") {
        for content in [bytes.as_slice(), text.as_bytes()] {
            let with_header = [b"actor,target,ts\n", content].concat();
            for name in ["a.csv", "a.tsv", "a.jsonl", "a.csv.gz", "a.jsonl.zst", "a.parquet"] {
                let _ = Bench::new().file(name, content).read();
            }
            let _ = Bench::new().file("a.csv", &with_header).with(|o| o.max_reject_share = 1.0).read();
            let _ = Bench::new().file("a.csv.gz", logs::gzip(&with_header)).read();
        }
    }

    #[test]
    fn no_damage_to_parquet_makes_it_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let bench = Bench::new().file("a.parquet", "");
        table(&[(1, 2, 3, 0, 1, 1, 1, 1); 20], true).parquet(&bench.path("a.parquet"), true, 6);
        let mut bytes = std::fs::read(bench.path("a.parquet")).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        std::fs::write(bench.path("a.parquet"), bytes).unwrap();
        let _ = bench.read();
    }
}
