//! What must hold whatever the input: laws over the real sample, through the real binary.

mod common;

use common::{Desk, ringed, sample};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_detect::findings::ReportModel;
use touchstone_engine::write::model::load;

fn shuffled(lines: &[&str], seed: u64) -> Vec<String> {
    let mut out: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
    let mut state = seed;
    for i in (1..out.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        out.swap(i, (state >> 33) as usize % (i + 1));
    }
    out
}

fn detect(desk: &Desk, input: &str, out: &str, more: &[&str]) {
    let mut arguments = vec!["detect", input, "--endorse", "retweet", "--out", out, "--quiet"];
    arguments.extend(more);
    let run = desk.run(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// Findings that differ, by name.
fn differing(desk: &Desk, a: &str, b: &str) -> Vec<String> {
    let (a, b) = (desk.findings(a), desk.findings(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    a.iter().filter(|(name, bytes)| b[*name] != **bytes).map(|(name, _)| name.clone()).collect()
}

#[test]
fn threads_memory_files_and_the_order_of_rows_change_nothing() {
    let desk = Desk::new();
    let text = format!("{}{}", sample(), in_columns_of_the_sample(&ringed()));
    let lines: Vec<&str> = text.lines().collect();
    desk.write("log.csv", &text);
    detect(&desk, "log.csv", "one", &["--threads", "1"]);
    for file in ["accounts.parquet", "likes.parquet", "report.html", "rejects.csv", "evidence.parquet"] {
        assert!(desk.findings("one").contains_key(file), "{file}");
    }
    detect(&desk, "log.csv", "four", &["--threads", "4"]);
    assert_eq!(differing(&desk, "one", "four"), Vec::<String>::new(), "threads");
    detect(&desk, "log.csv", "tight", &["--memory", "100kB"]);
    assert_eq!(desk.summary("tight")["ingest"]["spilled"], true);
    assert_eq!(differing(&desk, "one", "tight"), Vec::<String>::new(), "spilled");

    let body = shuffled(&lines[1..], 5);
    desk.write("mixed/log.csv", format!("{}\n{}\n", lines[0], body.join("\n")));
    detect(&desk, "mixed/log.csv", "mixed_out", &[]);
    assert_eq!(differing(&desk, "one", "mixed_out"), Vec::<String>::new(), "order of rows");

    let half = body.len() / 2;
    desk.write("parts/a.csv", format!("{}\n{}\n", lines[0], body[..half].join("\n")));
    desk.write("parts/b.csv", format!("{}\n{}\n", lines[0], body[half..].join("\n")));
    detect(&desk, "parts", "parts_out", &[]);
    // The report and its model name their input, and differ in nothing else; the findings do not.
    assert_eq!(differing(&desk, "one", "parts_out"), vec!["cases.json.zst", "report.html"], "split into files");
    let untitled = |out: &str| ReportModel { title: String::new(), ..load(&desk.path(out)).unwrap() };
    assert!(untitled("one") == untitled("parts_out"), "only the title may differ");
}

#[test]
fn names_change_nothing_but_names() {
    let desk = Desk::new();
    // The ring, amid real retweets: both what is accused and what is only suspect must keep.
    let text = format!("{}{}", sample(), in_columns_of_the_sample(&ringed()));
    // Without event ids: where rows share one but differ at the same instant, something has to decide
    // which counts, and only names are left.
    let text = text.replacen("event_id", "other", 1);
    let lines: Vec<&str> = text.lines().collect();
    desk.write("log.csv", &text);
    // Reversing a name keeps it unique and turns every alphabetical order around.
    let renamed: Vec<String> = lines[1..]
        .iter()
        .map(|l| {
            let mut cells: Vec<String> = l.split(',').map(str::to_owned).collect();
            for c in &mut cells[..2] {
                *c = format!("x{}", c.chars().rev().collect::<String>());
            }
            cells.join(",")
        })
        .collect();
    desk.write("renamed.csv", format!("{}\n{}\n", lines[0], renamed.join("\n")));
    detect(&desk, "log.csv", "a", &["--format", "csv"]);
    detect(&desk, "renamed.csv", "b", &["--format", "csv"]);
    let of = |out: &str, back: bool| -> BTreeMap<String, (String, String, String)> {
        desk.table(out, "accounts")
            .into_iter()
            .map(|r| {
                let name = if back { r["account"][1..].chars().rev().collect() } else { r["account"].clone() };
                (name, (r["verdict"].clone(), r["evidence_bits"].clone(), r["discounted"].clone()))
            })
            .collect()
    };
    let (a, b) = (of("a", false), of("b", true));
    assert_eq!(a.len(), b.len());
    let verdicts: BTreeSet<&str> = a.values().map(|r| r.0.as_str()).collect();
    assert!(verdicts.contains("inauthentic") && verdicts.contains("organic"), "{verdicts:?}");
    assert!(a.values().filter(|r| r.1 != "0").count() > 100, "evidence to compare");
    let differ: Vec<_> = a.iter().filter(|(name, row)| b[*name] != **row).collect();
    let shown: Vec<_> = differ.iter().take(5).map(|(n, r)| (n, r, &b[*n])).collect();
    assert!(differ.is_empty(), "{} of {}: {shown:?}", differ.len(), a.len());
}

/// actor,target,ts as actor,target,ts,kind,event_id.
fn in_columns_of_the_sample(log: &str) -> String {
    log.lines().skip(1).enumerate().map(|(i, l)| format!("{l},retweet,ringed{i}\n")).collect()
}

#[test]
fn reported_is_authentic_plus_discounted() {
    let desk = Desk::new();
    desk.write("log.csv", ringed());
    let run = desk.run(&["detect", "log.csv", "--out", "out", "--quiet", "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let number = |r: &BTreeMap<String, String>, c: &str| r[c].parse::<f64>().unwrap();
    let targets = desk.table("out", "targets");
    let mut fake_by_target: BTreeMap<String, f64> = BTreeMap::new();
    let mut fake_by_actor: BTreeMap<String, f64> = BTreeMap::new();
    let mut likes_by_target: BTreeMap<String, f64> = BTreeMap::new();
    for l in desk.table("out", "likes") {
        let p = number(&l, "p_fake");
        assert!((0.0..=1.0).contains(&p));
        *fake_by_target.entry(l["target"].clone()).or_default() += p;
        *fake_by_actor.entry(l["actor"].clone()).or_default() += p;
        *likes_by_target.entry(l["target"].clone()).or_default() += 1.0;
    }
    assert_eq!(targets.len(), likes_by_target.len());
    for t in &targets {
        let name = &t["target"];
        assert_eq!(number(t, "likes"), likes_by_target[name]);
        assert!((number(t, "likes") - number(t, "authentic") - fake_by_target[name]).abs() < 1e-3, "{t:?}");
        assert!((number(t, "likes") - number(t, "authentic") - number(t, "bubble")).abs() < 1e-3, "{t:?}");
        assert!(number(t, "authentic_low") <= number(t, "authentic"), "{t:?}");
        assert!(number(t, "authentic") <= number(t, "authentic_high"), "{t:?}");
        assert!(number(t, "authentic_high") <= number(t, "likes") && number(t, "authentic_low") >= 0.0, "{t:?}");
    }
    let accounts = desk.table("out", "accounts");
    for a in &accounts {
        assert!((number(a, "discounted") - fake_by_actor[&a["account"]]).abs() < 1e-3, "{a:?}");
    }
    // A suspicion takes nothing from anybody.
    for a in accounts.iter().filter(|a| a["verdict"] != "inauthentic") {
        assert_eq!(number(a, "discounted"), 0.0, "{a:?}");
    }
    // No verdict without evidence.
    let with_evidence: BTreeSet<String> = desk
        .table("out", "evidence")
        .into_iter()
        .filter(|e| e["subject_type"] == "account")
        .map(|e| e["subject"].clone())
        .collect();
    let accused: Vec<_> = accounts.iter().filter(|a| a["verdict"] == "inauthentic").collect();
    assert!(accused.len() >= 19, "{}", accused.len());
    assert!(accused.iter().all(|a| a["account"].starts_with("ring")));
    assert!(accused.iter().all(|a| with_evidence.contains(&a["account"])));
    let summary = desk.summary("out");
    assert_eq!(summary["accused_accounts"], accused.len());
    let discounted: f64 = fake_by_target.values().sum();
    assert!((summary["counts"]["discounted"].as_f64().unwrap() - discounted).abs() < 1e-2 * discounted.max(1.0));
}
