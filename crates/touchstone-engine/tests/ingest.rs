//! What rows become: formats, times, kinds, take-backs, duplicates, owners, side tables, rejects.
#![allow(missing_docs)]

mod logs;

use arrow_array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray, UInt64Array,
};
use logs::{Bench, Table, gzip, hash_column, likes, same, show, write_parquet, zstd};
use std::sync::Arc;

const HEADER: &str = "actor,target,ts\n";

#[test]
fn three_columns_are_enough() {
    let bench = Bench::new().file("a.csv", format!("{HEADER}u,p,10\nv,p,20\nu,q,30\n"));
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), ["u>p@10000000", "u>q@30000000", "v>p@20000000"]);
    assert_eq!(store.actors().iter().collect::<Vec<_>>(), ["u", "v"]);
    assert_eq!(store.degrees(), [2, 1]);
    assert_eq!(store.popularity(), [2, 1]);
    assert_eq!(store.actor_first_ts(), [10_000_000, 20_000_000]);
    assert!(store.owners().is_none() && store.published().is_none() && store.created().is_none());
    assert!(store.views(0).unwrap().is_none());
}

#[test]
fn every_format_reads_the_same() {
    let rows =
        (0..500).map(|i| vec![format!("u{}", i % 37), format!("p {}", i % 11), format!("{}", 1000 + i)]).collect();
    let table = Table { columns: vec!["actor", "target", "ts"], rows };
    let expect = Bench::new().file("a.csv", table.csv(b',')).shown();
    for (name, bytes) in [
        ("a.tsv", table.csv(b'\t')),
        ("a.csv.gz", gzip(&table.csv(b','))),
        ("a.CSV.zst", zstd(&table.csv(b','))),
        ("a.jsonl", table.jsonl()),
        ("a.ndjson.zst", zstd(&table.jsonl())),
        ("a.json.gz", gzip(&table.jsonl())),
        ("b.csv", [b"\xEF\xBB\xBF".as_slice(), &table.csv(b',')].concat()),
        ("c.csv", String::from_utf8(table.csv(b',')).unwrap().replace('\n', "\r\n").into_bytes()),
    ] {
        same(&Bench::new().file(name, bytes).shown(), &expect, name);
    }
    for (dictionary, group_rows) in [(true, 1000), (false, 1000), (true, 7), (false, 64)] {
        let bench = Bench::new().file("a.parquet", "");
        table.parquet(&bench.path("a.parquet"), dictionary, group_rows);
        same(&bench.shown(), &expect, &format!("{dictionary} {group_rows}"));
    }
}

#[test]
fn integer_ids_are_their_decimal_text() {
    let bench =
        Bench::new().file("a.csv", format!("{HEADER}18446744073709551615,7,10\n-3,7,20\n")).file("b.parquet", "");
    let batch = RecordBatch::try_from_iter([
        ("target", Arc::new(Int32Array::from(vec![7, 8])) as ArrayRef),
        ("actor", Arc::new(UInt64Array::from(vec![u64::MAX, 5])) as ArrayRef),
        ("ts", Arc::new(Float64Array::from(vec![30.0, 40.5])) as ArrayRef),
    ])
    .unwrap();
    write_parquet(&bench.path("b.parquet"), &batch, true, 10);
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), ["-3>7@20000000", "18446744073709551615>7@10000000", "5>8@40500000"]);
    assert_eq!(store.facts().repeats, 1);
}

#[test]
fn every_time_format_is_the_same_instant() {
    let micros = 1_700_000_000_250_000_i64;
    for (spelling, format) in [
        ("1700000000.25", "number in s"),
        ("1700000000250", "number in ms"),
        ("1700000000250000", "number in us"),
        ("1700000000250000000", "number in ns"),
        ("1700000000250.0", "number in ms"),
        ("2023-11-14T22:13:20.25Z", "rfc3339"),
        ("2023-11-14 22:13:20.250", "rfc3339"),
        ("2023-11-15T00:13:20.250+02:00", "rfc3339"),
        ("2023-11-14 22:13:20.25 UTC", "rfc3339"),
    ] {
        let store = Bench::new().file("a.csv", format!("{HEADER}u,p,{spelling}\n")).read().unwrap();
        assert_eq!(likes(&store), [format!("u>p@{micros}")], "{spelling}");
        assert_eq!(store.facts().files[0].time_format, format);
    }
    let bench = Bench::new().file("a.parquet", "");
    let batch = RecordBatch::try_from_iter([
        ("actor", Arc::new(StringArray::from(vec!["u"])) as ArrayRef),
        ("target", Arc::new(StringArray::from(vec!["p"])) as ArrayRef),
        ("ts", Arc::new(TimestampNanosecondArray::from(vec![micros * 1000 + 7])) as ArrayRef),
    ])
    .unwrap();
    write_parquet(&bench.path("a.parquet"), &batch, true, 10);
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), [format!("u>p@{micros}")]);
    assert_eq!(store.facts().files[0].time_format, "timestamp in ns");
}

#[test]
fn the_unit_is_decided_by_the_file_not_the_first_row() {
    // One bare zero first: by itself it would be seconds.
    let rows = "u,p,0\nv,p,1700000000000\nw,p,1700000000001\n";
    let store = Bench::new().file("a.csv", format!("{HEADER}{rows}")).read().unwrap();
    assert_eq!(store.facts().files[0].time_format, "number in ms");
    assert_eq!(store.target_first_ts(), [0]);
    let bench = Bench::new().file("a.parquet", "");
    let batch = RecordBatch::try_from_iter([
        ("actor", Arc::new(StringArray::from(vec!["u", "v", "w"])) as ArrayRef),
        ("target", Arc::new(StringArray::from(vec!["p", "p", "p"])) as ArrayRef),
        ("ts", Arc::new(Int64Array::from(vec![0, 1_700_000_000_000, 1_700_000_000_001])) as ArrayRef),
    ])
    .unwrap();
    write_parquet(&bench.path("a.parquet"), &batch, true, 1);
    assert_eq!(likes(&bench.read().unwrap()), likes(&store));
}

#[test]
fn the_user_may_tell_the_unit() {
    let read = |unit: &str| {
        let unit = unit.parse().unwrap();
        let log = format!("{HEADER}u,p,1000\nv,p,1970-01-01\n");
        Bench::new().file("a.csv", log).with(|o| o.mapping.time_unit = unit).with(|o| o.max_reject_share = 1.0)
    };
    assert_eq!(likes(&read("ms").read().unwrap()), ["u>p@1000000", "v>p@0"]);
    assert_eq!(likes(&read("us").read().unwrap()), ["u>p@1000", "v>p@0"]);
    assert_eq!(likes(&read("rfc3339").read().unwrap()), ["v>p@0"]);
}

#[test]
fn rejects_are_listed_by_line_with_their_reason() {
    let log = "ts,actor,target,kind\n\
        1,,p,like\n\
        2,u,,like\n\
        ,u,p,like\n\
        soon,u,p,like\n\
        2262-04-11,u,p,like\n\
        6,u,p,\n\
        7,\"a\nb\",p,like\n\
        8,u,p\n\
        \n\
        9,u,p,like,more\n\
        10,\"quo\"\"te, ☂\",p,like\n";
    let mut bytes = log.as_bytes().to_vec();
    bytes.extend(b"11,\xFF\xFE,p,like\n12,z,p,like\n");
    let bench = Bench::new().file("a.csv", bytes).with(|o| o.max_reject_share = 1.0);
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), ["a\nb>p@7000000", "quo\"te, ☂>p@10000000", "z>p@12000000"]);
    let expect = "file,line,reason,value\n\
        a.csv,2,missing_actor,\n\
        a.csv,3,missing_target,\n\
        a.csv,4,missing_time,\n\
        a.csv,5,unreadable_time,soon\n\
        a.csv,6,far_future,2262-04-11\n\
        a.csv,7,missing_kind,\n\
        a.csv,10,wrong_field_count,\"8,u,p\"\n\
        a.csv,12,wrong_field_count,\"9,u,p,like,more\"\n\
        a.csv,14,invalid_utf8,\"11,\u{FFFD}\u{FFFD},p,like\"\n";
    assert_eq!(bench.rejects(), expect);
    assert_eq!(store.facts().rejected, 9);
    let crlf = Bench::new().file("a.csv", log.replace('\n', "\r\n")).with(|o| o.max_reject_share = 1.0);
    crlf.read().unwrap();
    assert!(expect.starts_with(&crlf.rejects()), "{}", crlf.rejects());
}

#[test]
fn json_lines_rejects() {
    let log = "{\"actor\": 12345678901234567890123, \"target\": \"a\\nb\", \"ts\": 1.5, \"more\": {\"x\": [1]}}\n\
        not json\n\
        \n\
        {\"actor\": {\"id\": 3}, \"target\": \"p\", \"ts\": 2}\n\
        {\"actor\": true, \"target\": \"p\", \"ts\": 2}\n\
        {\"actor\": null, \"target\": \"p\", \"ts\": 2}\n\
        {\"target\": \"p\", \"actor\": \"u\", \"ts\": \"1970-01-01T00:00:02Z\"} \n\
        [1, 2]\n";
    let bench = Bench::new().file("a.jsonl", log).with(|o| o.max_reject_share = 1.0);
    assert_eq!(likes(&bench.read().unwrap()), ["12345678901234567890123>a\nb@1500000", "u>p@2000000"]);
    let expect = "file,line,reason,value\n\
        a.jsonl,2,invalid_json,not json\n\
        a.jsonl,4,wrong_type,\"{\"\"id\"\": 3}\"\n\
        a.jsonl,5,wrong_type,true\n\
        a.jsonl,6,missing_actor,\n\
        a.jsonl,8,invalid_json,\"[1, 2]\"\n";
    assert_eq!(bench.rejects(), expect);
}

#[test]
fn take_backs_and_repeats() {
    let log = "actor,target,ts,kind\nu,p,1,like\nu,p,2,unlike\nu,p,3,like\nu,p,4,like\nv,p,1,like\nv,p,1,unlike\nw,p,9,unlike\nx,p,5,view\nx,p,6,comment\n";
    let store = Bench::new().file("a.csv", log).read().unwrap();
    assert_eq!(likes(&store), ["u>p@3000000"]);
    let facts = store.facts();
    assert_eq!((facts.repeats, facts.taken_back, facts.idle_take_backs, facts.views), (1, 2, 1, 1));
    assert_eq!(facts.kinds["comment"], 1);
    assert_eq!(store.endorsers(), 1);
    assert_eq!(store.actors().iter().collect::<Vec<_>>(), ["u", "v", "w", "x"]);
    let several = Bench::new().file("a.csv", log).with(|o| o.endorse = vec!["comment".into(), "like".into()]);
    assert_eq!(likes(&several.read().unwrap()), ["u>p@3000000", "x>p@6000000"]);
    let timeless = Bench::new().file("a.csv", log).with(|o| o.no_time = true);
    assert_eq!(likes(&timeless.read().unwrap()), ["u>p@0"]);
}

#[test]
fn no_time_needs_no_time_column() {
    let bench = Bench::new().file("a.csv", "actor,target\nu,p\nv,p\nu,p\n").with(|o| o.no_time = true);
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), ["u>p@0", "v>p@0"]);
    assert!(!store.facts().timed);
}

#[test]
fn event_ids_count_once_wherever_they_stand() {
    let log = "event_id,actor,target,ts,kind\n1,u,p,5,view\n1,u,p,5,view\n2,v,q,9,like\n2,u,q,9,like\n2,u,q,8,like\n,w,q,1,like\n,w,r,1,like\n";
    let store = Bench::new().file("a.csv", log).read().unwrap();
    assert_eq!(likes(&store), ["u>q@8000000", "w>q@1000000", "w>r@1000000"]);
    let facts = store.facts();
    assert_eq!((facts.duplicates, facts.views), (3, 1));
    // Who is named by a duplicate alone is not there.
    assert_eq!(store.actors().iter().collect::<Vec<_>>(), ["w", "u"]);
}

#[test]
fn owners_by_majority_and_the_contents_table_above_all() {
    let log = "actor,target,ts,owner\nu,p,1,a\nv,p,2,b\nw,p,3,b\nu,q,1,d\nv,q,2,c\nu,r,1,\n";
    let store = Bench::new().file("a.csv", log).read().unwrap();
    let owner = |store: &touchstone_engine::store::Store, target: &str| {
        let t = store.targets().iter().position(|t| t == target).unwrap();
        let owner = store.owners().unwrap()[t];
        (owner != u32::MAX).then(|| store.actors().get(owner).to_owned())
    };
    assert_eq!(owner(&store, "p").as_deref(), Some("b"));
    assert_eq!(owner(&store, "q").as_deref(), Some("c"));
    assert_eq!(owner(&store, "r"), None);
    assert_eq!(store.facts().owner_conflicts, 2);
    let tables = Bench::new()
        .file("a.csv", log)
        .aside("c.jsonl", "{\"target\":\"p\",\"owner\":\"z\",\"published_at\":\"1970-01-01\"}\n{\"target\":\"never\",\"owner\":\"y\"}\n")
        .aside("acc.csv", "account,created_at\nu,100\nz,1970-01-02\nnobody,5\n");
    let (contents, accounts) = (tables.path("c.jsonl"), tables.path("acc.csv"));
    let store = tables.with(|o| (o.contents, o.accounts) = (Some(contents), Some(accounts))).read().unwrap();
    assert_eq!(owner(&store, "p").as_deref(), Some("z"));
    let none = i64::MIN;
    // By first endorsement, then popularity: r, q, p.
    assert_eq!(store.published().unwrap(), [none, none, 0]);
    let created: Vec<(&str, i64)> = store.actors().iter().zip(store.created().unwrap().iter().copied()).collect();
    let expect = [("u", 100_000_000), ("v", none), ("w", none), ("b", none), ("c", none), ("z", 86_400_000_000)];
    for pair in created {
        assert!(expect.contains(&pair) || pair.0 == "b" || pair.0 == "c", "{pair:?}");
    }
}

#[test]
fn addresses_become_keyed_hashes() {
    let log = "actor,target,ts,ip,device\nu,p,1,10.0.0.1,\nv,p,2,10.0.0.1,d\n";
    let read = |key| {
        let store = Bench::new().file("a.csv", log).with(|o| o.hash_key = [key; 32]).read().unwrap();
        let batches = (0..64).map(|i| store.endorsements(i).unwrap()).find(|b| b.num_rows() > 0);
        let batch = batches.unwrap();
        assert!(batch.column_by_name("session").is_none());
        (hash_column(&batch, "ip"), hash_column(&batch, "device"))
    };
    let (ip, device) = read(1);
    assert!(ip[0].is_some() && ip[0] == ip[1]);
    assert!(device[0].is_none() && device[1].is_some());
    assert_ne!(read(2).0, ip);
}

#[test]
fn views_carry_how_long() {
    let log = "actor,target,ts,kind,dwell_ms,watch_fraction\nu,p,2,view,1500,0.5\nu,p,1,view,,x\nu,p,3,like,9,9\n";
    let store = Bench::new().file("a.csv", log).read().unwrap();
    let views = (0..64).find_map(|i| store.views(i).unwrap().filter(|b| b.num_rows() > 0)).unwrap();
    assert_eq!(views.num_rows(), 2);
    assert_eq!(views.schema().fields().len(), 5);
    assert_eq!(format!("{:?}", views.column(3)).matches("1500").count(), 1);
    assert_eq!(store.facts().unreadable_numbers, 1);
}

#[test]
fn wide_logs_become_events_by_rules() {
    let log = "user_id,video_id,time_ms,is_like,is_follow,play_ms\n1,9,1700000000000,1,0,50\n2,9,1700000001000,0,1,5000\n3,9,1700000002000,1,1,0\n";
    let rule = |kind: &str, when: Option<&str>| touchstone_event::mapping::EventRule {
        kind: kind.to_owned(),
        when: when.map(|w| w.parse().unwrap()),
    };
    let bench = Bench::new().file("a.csv", log).with(|o| {
        o.mapping.set_all(["actor=user_id", "target=video_id", "ts=time_ms", "dwell_ms=play_ms"]).unwrap();
        o.mapping.events =
            vec![rule("like", Some("is_like")), rule("follow", Some("is_follow == 1")), rule("view", None)];
    });
    let store = bench.read().unwrap();
    assert_eq!(likes(&store), ["1>9@1700000000000000", "3>9@1700000002000000"]);
    assert_eq!((store.facts().views, store.facts().kinds["follow"]), (3, 2));
}

#[test]
fn a_folder_with_mixed_formats() {
    let bench = Bench::new();
    let inside = bench.path("in/deep");
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(bench.path("in/b.csv"), format!("{HEADER}u,p,1\n")).unwrap();
    std::fs::write(bench.path("in/a.tsv"), "ts\ttarget\tactor\n2000\tp\tv\n").unwrap();
    std::fs::write(inside.join("c.jsonl"), "{\"actor\":\"w\",\"target\":\"p\",\"ts\":\"1970-01-01T00:00:03Z\"}\n")
        .unwrap();
    std::fs::write(bench.path("in/readme.txt"), "x").unwrap();
    std::fs::write(bench.path("in/_SUCCESS"), "").unwrap();
    let folder = bench.path("in");
    let store = bench.with(|o| o.inputs.push(folder)).read().unwrap();
    assert_eq!(likes(&store), ["u>p@1000000", "v>p@2000000000", "w>p@3000000"]);
    let names: Vec<&str> = store.facts().files.iter().map(|f| f.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["a.tsv", "b.csv", "c.jsonl"]);
    assert_eq!(store.facts().skipped_files.len(), 2);
}

#[test]
fn nothing_at_all_is_fine() {
    let store = Bench::new().file("a.csv", HEADER).read().unwrap();
    assert_eq!((store.facts().rows, store.endorsers(), store.actors().len()), (0, 0, 0));
    assert!(show(&store).contains("endorsements 0"));
    let bench = Bench::new().file("a.parquet", "");
    Table { columns: vec!["actor", "target", "ts"], rows: Vec::new() }.parquet(&bench.path("a.parquet"), true, 10);
    assert_eq!(bench.read().unwrap().facts().rows, 0);
    assert_eq!(Bench::new().file("a.jsonl", "\n\n").read().unwrap().facts().rows, 0);
}
