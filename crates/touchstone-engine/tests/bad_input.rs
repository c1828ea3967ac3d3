//! Bad input: each gives a clear error that names the place and a remedy, or a correct result.
#![allow(missing_docs)]

mod logs;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, NullArray, RecordBatch, StringArray};
use logs::{Bench, Table, gzip, likes, write_parquet, zstd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use touchstone_engine::store::{IngestError, Progress, ingest};

const HEADER: &str = "actor,target,ts\n";

#[track_caller]
fn check(bench: &Bench, parts: &[&str]) {
    let message = bench.error();
    for part in parts {
        assert!(message.contains(part), "\"{part}\" is not in: {message}");
    }
}

#[test]
fn files_that_cannot_be_read() {
    check(&Bench::new(), &["no input"]);
    check(&Bench::new().with(|o| o.inputs.push("/nowhere/x.csv".into())), &["/nowhere/x.csv", "check the path"]);
    for name in ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz"] {
        check(&Bench::new().file(name, ""), &[name, "empty"]);
    }
    check(&Bench::new().file("a.csv.gz", gzip(b"")), &["a.csv.gz", "empty"]);
    check(&Bench::new().file("a.jsonl.zst", zstd(b"")), &["a.jsonl.zst", "empty"]);
    check(&Bench::new().file("a.xlsx", "x"), &["a.xlsx", "unknown kind of file", ".parquet", "convert"]);
    check(&Bench::new().file("a.parquet.gz", "x"), &["unknown kind"]);
    check(&Bench::new().file("a", "x"), &["unknown kind"]);
    check(
        &Bench::new().file("a.parquet", "no parquet at all"),
        &["a.parquet", "not a readable Parquet file", "rename"],
    );
    check(&Bench::new().file("a.json", "[{\"actor\": 1}]"), &["JSON array", "jq -c"]);
    check(&Bench::new().file("a.csv", b"\xFF\xFEa\0c\0"), &["UTF-16", "iconv"]);
    check(&Bench::new().file("a.csv", b"act\xFFor,target,ts\n"), &["header is not UTF-8"]);
    let folder = Bench::new().aside("readme.txt", "x");
    let path = folder.folder.path().to_owned();
    check(&folder.with(|o| o.inputs.push(path)), &["no Parquet, CSV, TSV or JSON Lines file"]);
}

#[test]
fn truncated_files() {
    let rows = (0..20_000).map(|i| vec![format!("u{}", i * 7919 % 10_007), format!("p{i}"), i.to_string()]).collect();
    let table = Table { columns: vec!["actor", "target", "ts"], rows };
    for (name, bytes) in [("a.csv.gz", gzip(&table.csv(b','))), ("a.jsonl.zst", zstd(&table.jsonl()))] {
        let bench = Bench::new().file(name, &bytes[..bytes.len() / 2]);
        check(&bench, &[name, "compressed data", "copy or export the file again"]);
    }
    let bench = Bench::new().file("whole.parquet", "");
    table.parquet(&bench.path("whole.parquet"), true, 1000);
    let bytes = std::fs::read(bench.path("whole.parquet")).unwrap();
    check(&Bench::new().file("a.parquet", &bytes[..bytes.len() / 2]), &["a.parquet", "not a readable Parquet file"]);
    // The footer is whole, the pages are not.
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 3;
    damaged[4..middle].fill(0xA5);
    check(&Bench::new().file("a.parquet", damaged), &["a.parquet", "not a readable Parquet file"]);
}

#[cfg(unix)]
#[test]
fn no_permission() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new().file("a.csv", HEADER);
    std::fs::set_permissions(bench.path("a.csv"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(bench.path("a.csv")).is_ok() {
        return; // The superuser may read everything.
    }
    check(&bench, &["a.csv", "permission"]);
}

#[test]
fn columns_that_are_missing_or_wrong() {
    let bench = Bench::new().file("a.csv", "user_id,target,ts\n1,2,3\n");
    check(&bench, &["a.csv", "no column \"actor\"", "user_id, target, ts", "--map actor=user_id"]);
    check(&Bench::new().file("a.csv", "actor,target\n1,2\n"), &["\"ts\"", "--no-time"]);
    check(&Bench::new().file("a.jsonl", "{\"actor\": 1, \"ts\": 2}\n"), &["no column \"target\"", "actor, ts"]);
    check(&Bench::new().file("a.csv", "actor,actor,target,ts\n"), &["two columns are called \"actor\""]);
    let mapped = Bench::new().file("a.csv", HEADER).with(|o| o.mapping.set_all(["owner=ownr"]).unwrap());
    check(&mapped, &["\"ownr\"", "owner", "in no file"]);
    let rule = touchstone_event::mapping::EventRule { kind: "like".into(), when: Some("is_lik".parse().unwrap()) };
    let ruled = Bench::new().file("a.csv", "actor,target,ts,is_like\n").with(|o| o.mapping.events = vec![rule]);
    check(&ruled, &["\"is_lik\"", "did you mean \"is_like\"?"]);

    let text = |cells: Vec<&str>| Arc::new(StringArray::from(cells)) as ArrayRef;
    let write = |actor: ArrayRef, ts: ArrayRef| {
        let bench = Bench::new().file("a.parquet", "");
        let columns = [("actor", actor, true), ("target", text(vec!["p", "q"]), true), ("ts", ts, true)];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        write_parquet(&bench.path("a.parquet"), &batch, true, 10);
        bench
    };
    let wrong = write(Arc::new(Float64Array::from(vec![1.0, 2.0])), text(vec!["1", "2"]));
    check(&wrong, &["a.parquet", "\"actor\" is Float64", "--map actor=COLUMN"]);
    let wrong = write(text(vec!["u", "v"]), Arc::new(BooleanArray::from(vec![true, false])));
    check(&wrong, &["\"ts\" is Boolean", "a timestamp"]);
    let nulls = write(text(vec!["u", "v"]), Arc::new(NullArray::new(2)));
    check(&nulls, &["2 of 2 rows", "missing_time 2", "rejects.csv"]);
}

#[test]
fn a_file_that_changes_its_columns() {
    // Each file has its own columns; within one the odd rows are rejects.
    let bench = Bench::new()
        .file("a.csv", format!("{HEADER}u,p,1\n"))
        .file("b.csv", "kind,ts,x,target,actor\nlike,2,,p,v\nview,3,,p,w\n");
    assert_eq!(likes(&bench.read().unwrap()), ["u>p@1000000", "v>p@2000000"]);
    let bench = Bench::new().file("a.csv", format!("{HEADER}u,p,1\nactor,target,ts,kind\nv,p,2,like\n"));
    check(&bench, &["2 of 3 rows", "wrong_field_count 2", "a.csv line 3"]);
}

#[test]
fn too_many_rejects_say_why() {
    let bench = Bench::new().file("a.csv", format!("{HEADER}u,p,soon\nu,p,9999999999999999999\n,p,1\nu,q,1\n"));
    check(&bench, &["3 of 4 rows", "unreadable_time", "missing_actor 1 (first: ", "line 4", "--max-reject-share"]);
    assert!(bench.rejects().contains("a.csv,2,unreadable_time,soon"));
}

#[test]
fn nothing_endorsed_lists_the_kinds() {
    let bench = Bench::new().file("a.csv", "actor,target,ts,kind\nu,p,1,star\nv,p,1,star\nu,p,1,fork\n");
    check(&bench, &["like", "star (2), fork (1)", "--endorse"]);
}

#[test]
fn a_quote_that_is_not_closed_does_not_swallow_the_log() {
    let mut log = format!("{HEADER}u,p,1\nu,\"q,2\n");
    for i in 0..5000 {
        log.push_str(&format!("u{i},p,{i}\n"));
    }
    check(&Bench::new().file("a.csv", log), &["line 3", "quote is not closed"]);
}

#[test]
fn odd_ids_are_kept_as_they_are() {
    let long = "x".repeat(12_000);
    let odd = ["a\"b", "a\nb", " a ", "👍🏽", "a,b", "NULL", long.as_str()];
    let rows = odd.iter().map(|id| vec![(*id).to_owned(), format!("{id}!"), "5".to_owned()]).collect();
    let table = Table { columns: vec!["actor", "target", "ts"], rows };
    let mut expect: Vec<String> = odd.iter().map(|id| format!("{id}>{id}!@5000000")).collect();
    expect.sort();
    assert_eq!(likes(&Bench::new().file("a.csv", table.csv(b',')).read().unwrap()), expect);
    assert_eq!(likes(&Bench::new().file("a.tsv", table.csv(b'\t')).read().unwrap()), expect);
    assert_eq!(likes(&Bench::new().file("a.jsonl", table.jsonl()).read().unwrap()), expect);
}

#[test]
fn few_and_uniform_logs() {
    let one = Bench::new().file("a.csv", format!("{HEADER}u,p,1\n")).read().unwrap();
    assert_eq!(one.facts().endorsements, 1);
    let rows: String = (0..100).map(|i| format!("u,p{i},7\n")).collect();
    assert_eq!(Bench::new().file("a.csv", format!("{HEADER}{rows}")).read().unwrap().degrees(), [100]);
    let rows: String = (0..100).map(|i| format!("u{i},p,7\n")).collect();
    assert_eq!(Bench::new().file("a.csv", format!("{HEADER}{rows}")).read().unwrap().popularity(), [100]);
}

#[test]
fn extreme_times() {
    let log =
        format!("{HEADER}u,p,1970-01-01\nv,p,2262-04-11T23:47:16Z\nw,p,1969-12-31\nx,p,0001-01-01\ny,p,9999-12-31\n");
    let store = Bench::new().file("a.csv", log).with(|o| o.max_reject_share = 0.5).read().unwrap();
    assert_eq!(likes(&store), ["u>p@0", "w>p@-86400000000", "x>p@-62135596800000000"]);
    assert_eq!(store.facts().rejects["far_future"], 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let bench = Bench::new().file("a.csv", format!("{HEADER}u,p,1\n")).with(|o| o.rejects_path = full.to_owned());
    let error = bench.read().expect_err("no space");
    assert!(matches!(error, IngestError::Scratch { .. }) && !error.is_bad_input());
    assert!(error.to_string().contains("the disk is full"), "{error}");
}

#[test]
fn a_scratch_folder_that_is_gone() {
    let bench = Bench::new()
        .file("a.csv", format!("{HEADER}u,p,1\n"))
        .with(|o| (o.scratch, o.memory_limit_bytes) = ("/nowhere".into(), Some(1)));
    let error = bench.read().expect_err("no folder");
    assert!(error.to_string().contains("/nowhere"), "{error}");
}

/// Says stop after some questions.
struct StopAfter(AtomicU64);

impl Progress for StopAfter {
    fn stage(&self, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) <= 1
    }
}

#[test]
fn it_stops_when_told() {
    let rows: String = (0..10_000).map(|i| format!("u{i},p{},{i}\n", i % 77)).collect();
    let bench = Bench::new().file("a.csv", format!("{HEADER}{rows}"));
    for patience in [1, 2, 20] {
        let stopped = ingest(&bench.options, &StopAfter(AtomicU64::new(patience))).expect_err("stopped");
        assert!(stopped.is_cancelled());
    }
}

#[test]
fn a_rule_on_a_column_of_no_use() {
    let text = |cell: &str| Arc::new(StringArray::from(vec![cell])) as ArrayRef;
    let decimal = arrow_array::Decimal128Array::from(vec![1]).with_precision_and_scale(20, 2).unwrap();
    let columns =
        [("actor", text("u")), ("target", text("p")), ("ts", text("5")), ("flag", Arc::new(decimal) as ArrayRef)];
    let rule = touchstone_event::mapping::EventRule { kind: "like".into(), when: Some("flag".parse().unwrap()) };
    let bench = Bench::new().file("a.parquet", "").with(|o| o.mapping.events = vec![rule]);
    write_parquet(&bench.path("a.parquet"), &RecordBatch::try_from_iter(columns).unwrap(), true, 10);
    check(&bench, &["a.parquet", "\"flag\" is Decimal128", "convert it"]);
}
