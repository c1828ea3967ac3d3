//! The page as a whole: what must hold of every report.

mod sample;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use touchstone_console::{PAGE_BYTES_MAX, REPORT_LINKS, SCRIPT, View, account_case, report, ring_case, write_report};
use touchstone_detect::findings::{ReportModel, RingCase, RingEvent, RingKind};

fn all_models() -> Vec<ReportModel> {
    vec![
        ReportModel::default(),
        sample::three_rings(),
        sample::small(),
        sample::nobody(),
        sample::no_times(),
        single_event(),
    ]
}

/// One account, one target, one endorsement.
fn single_event() -> ReportModel {
    let mut model = sample::small();
    model.overview.accused = 0;
    model.overview.endorsements = 1;
    model.overview.discounted = 0.0;
    let ring = &mut model.rings[0];
    ring.members.truncate(1);
    ring.targets.truncate(1);
    ring.events = vec![RingEvent { member: 0, target: 0, ts: 0, p_fake: 0.5, in_step: false }];
    ring.evidence.clear();
    (ring.first_ts, ring.last_ts) = (0, 0);
    model.targets[0].points = vec![(0, 1.0, 1.0)];
    model.timeline = vec![(0, 1.0, 1.0)];
    model
}

/// The case views: what other pages reuse.
#[test]
fn golden_cases() {
    let model = sample::small();
    let view = View { timed: true, links: REPORT_LINKS };
    golden("ring.html", &ring_case(&model.rings[0], view));
    golden("account.html", &account_case(&model.accounts[0], view));
}

fn golden(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("TOUCHSTONE_UPDATE_GOLDEN").is_some() {
        fs::write(&path, made).expect("golden file is writable");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let difference = made.lines().zip(golden.lines()).find(|(a, b)| a != b);
    assert!(
        made == golden,
        "{} is out of date; look at the new page, then rerun with TOUCHSTONE_UPDATE_GOLDEN=1. \
         First difference: {difference:?}",
        path.display()
    );
}

#[test]
fn same_model_same_bytes() {
    for model in all_models() {
        assert_eq!(report(&model), report(&model.clone()));
        let mut written = Vec::new();
        write_report(&model, &mut written).expect("a vector takes all");
        assert_eq!(written, report(&model).into_bytes());
    }
}

#[test]
fn every_picture_states_its_finding() {
    for model in all_models() {
        let page = report(&model);
        for svg in page.split("<svg").skip(1) {
            let svg = svg.split("</svg>").next().expect("split gives one");
            // A bar within a table that says it in numbers.
            if svg.contains("aria-hidden=\"true\"") && !svg.contains("<title") {
                continue;
            }
            let title = between(svg, "<title", "</title>").expect("a title");
            let desc = between(svg, "<desc", "</desc>").expect("a description");
            if !svg.contains("aria-hidden=\"true\"") {
                assert!(svg.contains("role=\"img\""), "{svg}");
                assert!(svg.contains("aria-labelledby="), "{svg}");
                // The finding: with a number in it, outside of the attributes.
                let words = title.split_once('>').expect("an open tag").1;
                assert!(words.contains(|c: char| c.is_ascii_digit()), "{words}");
                assert!(desc.split_once('>').expect("an open tag").1.len() > 10);
            }
        }
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|parts| parts.0)
}

#[test]
fn ids_are_unique_and_links_arrive() {
    for model in all_models() {
        let page = report(&model);
        let mut ids = BTreeSet::new();
        for part in page.split(" id=\"").skip(1) {
            let id = part.split('"').next().expect("split gives one");
            assert!(ids.insert(id), "id {id} twice");
        }
        let linked: BTreeSet<&str> = page.split("href=\"#").skip(1).filter_map(|p| p.split('"').next()).collect();
        for id in
            linked.iter().filter(|l| !l.starts_with("account/") && !l.starts_with("target/") && !l.starts_with("rank/"))
        {
            assert!(ids.contains(id), "no {id}");
        }
        for part in page.split("aria-labelledby=\"").skip(1) {
            for id in part.split('"').next().expect("split gives one").split(' ') {
                assert!(ids.contains(id), "no {id}");
            }
        }
    }
}

#[test]
fn tables_have_captions_and_scopes() {
    let page = report(&sample::three_rings());
    assert!(page.contains("<table>"));
    for table in page.split("<table>").skip(1) {
        assert!(table.starts_with("<caption>"));
    }
    assert!(!page.contains("<th>"));
}

#[test]
fn nothing_is_fetched_and_only_our_script_runs() {
    for model in all_models() {
        let page = report(&model);
        assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
        assert!(!page.contains("unsafe-inline"));
        let packs = page.matches("<script type=\"application/x-deflate\"").count();
        assert_eq!(page.matches("<script").count(), packs + 3, "two scripts and the catalogue");
        for word in ["javascript:", "@import", "src=\"", "<iframe", "<object", "onload="] {
            assert!(!page.contains(word), "{word}");
        }
        // Links stay on the page; styles point at nothing but the hatch.
        assert!(!page.replace("href=\"#", "").replace("href=\"data:,", "").contains("href="));
        assert_eq!(page.matches("url(").count(), page.matches("url(#hatch)").count());
    }
    // Without names from the log there is no address at all.
    let page = report(&sample::small());
    assert!(!page.contains("http:") && !page.contains("https:"));
}

#[test]
fn names_cannot_become_markup() {
    let nasty = "</title></style></svg>\"'><script>alert(1)</script>&lt;\u{202e}\n";
    let mut model = sample::small();
    model.title = nasty.to_string();
    model.version = nasty.to_string();
    model.overview.warnings = vec![nasty.to_string()];
    model.overview.signals[0].signal = nasty.to_string();
    model.overview.signals[0].note = nasty.to_string();
    model.targets[0].count.target = nasty.to_string();
    let ring = &mut model.rings[0];
    for text in [&mut ring.ring, &mut ring.verdict, &mut ring.innocent] {
        *text = nasty.to_string();
    }
    for member in &mut ring.members {
        member.account = nasty.to_string();
    }
    for target in &mut ring.targets {
        target.target = nasty.to_string();
        target.owner = Some(nasty.to_string());
    }
    for e in &mut ring.evidence {
        e.signal = nasty.to_string();
        e.statistic = nasty.to_string();
        e.sentence = nasty.to_string();
    }
    let page = report(&model);
    let packs = page.matches("<script type=\"application/x-deflate\"").count();
    assert_eq!(page.matches("<script").count(), packs + 3);
    assert!(!page.contains('\u{202e}'));
    assert_eq!(page.matches("</title>").count(), page.matches("<title").count());
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("</svg>").count(), page.matches("<svg").count());
}

#[test]
fn nobody_accused_is_said_plainly() {
    let page = report(&sample::nobody());
    assert!(page.contains("No account is accused."));
    assert!(page.contains("2 of 3 checks ran."));
    assert!(page.contains("it is no proof"));
    // Without any check there is no all-clear.
    let mut model = sample::nobody();
    for signal in &mut model.overview.signals {
        signal.ran = false;
    }
    let page = report(&model);
    assert!(page.contains("no check could run"));
    assert!(page.contains("neither accuse nor clear"));
    assert!(report(&ReportModel::default()).contains("nothing to judge"));
}

#[test]
fn accusations_say_how_sure_they_are() {
    let page = report(&sample::three_rings());
    assert!(page.contains("83 of 9,218 accounts are accused"));
    assert!(page.contains("Of 83 accounts accused, at most 4.2 are expected to be innocent"));
    assert!(page.contains("false discovery rate 5%"));
    assert!(page.contains("10 bits: at most 1 in 1,024 innocents look like this"));
}

#[test]
fn without_times_there_is_no_raster_and_the_page_says_why() {
    let page = report(&sample::no_times());
    assert!(!page.contains("id=\"ring-r1-raster-t\""));
    assert!(page.contains("the log has no times, so nobody can be seen to act in step"));
    assert!(page.contains("id=\"ring-r1-heatmap-t\""));
    assert!(!page.contains("1970"));
}

#[test]
fn two_hundred_rings_stay_below_three_megabytes() {
    for (members, targets, name) in [(5, 8, 10), (60, 40, 30), (100, 50, 300)] {
        let model = sample::many_rings(200, members, targets, name);
        let page = report(&model);
        assert!(page.len() < PAGE_BYTES_MAX, "{} bytes", page.len());
        assert_eq!(page.matches("<article").count(), 200, "{members} members, names of {name}");
    }
}

#[test]
fn a_flood_of_rings_is_cut_and_the_page_says_so() {
    let mut model = sample::many_rings(1, 20, 20, 60);
    model.rings = vec![model.rings[0].clone(); 3_000];
    for (i, ring) in model.rings.iter_mut().enumerate() {
        ring.ring = format!("r{}", i + 1);
    }
    model.overview.rings = 5_000;
    let page = report(&model);
    assert!(page.len() < PAGE_BYTES_MAX);
    assert!(page.contains("rings with most evidence of 5,000 are on this page"));
}

#[test]
fn numbers_out_of_this_world_do_not_break_the_page() {
    let mut model = sample::small();
    model.overview.discounted = f64::NAN;
    model.overview.fdr = f64::INFINITY;
    (model.overview.first_ts, model.overview.last_ts) = (i64::MIN, i64::MAX);
    model.timeline = vec![(i64::MIN, f64::NAN, 1.0), (i64::MAX, f64::INFINITY, -1.0)];
    model.targets[0].points = model.timeline.clone();
    model.targets[0].count.high = f64::NAN;
    let ring: &mut RingCase = &mut model.rings[0];
    ring.kind = RingKind::Burst;
    ring.bits = f64::INFINITY;
    ring.events[0].ts = i64::MIN;
    ring.events[1].ts = i64::MAX;
    ring.events[2].p_fake = f32::NAN;
    // Indices that point nowhere are skipped.
    ring.events[3].member = u32::MAX;
    ring.events[4].target = u32::MAX;
    ring.evidence[0].observed = f64::NAN;
    ring.evidence[1].expected = 0.0;
    let page = report(&model).replace(SCRIPT, "");
    assert!(!page.contains("NaN") && !page.contains("inf\""));
}
