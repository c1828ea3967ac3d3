//! Models to look at and to test with: made up, seeded, the same on every machine.
#![allow(dead_code)] // Each user needs a part.

use touchstone_detect::case::{
    AccountExhibits, Book, Books, Compared, Conduct, Effect, Endorsed, Exhibits, Hub, Network, Part, Rates, spread,
};
use touchstone_detect::findings::{
    AccountCase, Change, Evidence, Innocent, Overview, OwnerCount, ReportModel, RingCase, RingEvent, RingKind,
    RingMember, Sample, SignalRun, TargetCount, TargetSeries, Verdict,
};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// 3 May 2017, 00:00 UTC.
const START: i64 = 1_493_769_600 * SECOND;

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }

    fn share(&mut self) -> f64 {
        self.below(1_000_000) as f64 / 1e6
    }
}

/// What one made-up ring looks like.
pub(crate) struct Plan<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: RingKind,
    pub(crate) members: usize,
    pub(crate) targets: usize,
    pub(crate) bits: f64,
    pub(crate) window_seconds: f64,
    /// How probable it is that a member takes part in an order.
    pub(crate) turnout: f64,
    pub(crate) account: &'a dyn Fn(usize) -> String,
    pub(crate) target: &'a dyn Fn(usize) -> String,
}

/// A ring that works off orders within its window, and wanders about in between.
pub(crate) fn ring(seed: u64, plan: &Plan) -> RingCase {
    let mut dice = Dice(seed);
    let mut events = Vec::new();
    for target in 0..plan.targets {
        let order = START + dice.below(9 * 24) as i64 * HOUR + dice.below(3_600) as i64 * SECOND;
        for member in 0..plan.members {
            let (in_step, late) = if dice.share() < plan.turnout {
                (true, dice.below(plan.window_seconds as u64) as i64 * SECOND)
            } else if dice.share() < 0.12 {
                (false, dice.below(90) as i64 * HOUR)
            } else {
                continue;
            };
            let p_fake = if in_step { 0.85 + dice.share() * 0.15 } else { dice.share() * 0.8 };
            events.push(RingEvent {
                member: member as u32,
                target: target as u32,
                ts: order + late,
                p_fake: p_fake as f32,
                in_step,
            });
        }
    }
    events.sort_by_key(|e| (e.ts, e.member, e.target));
    let members: Vec<RingMember> = (0..plan.members)
        .map(|i| {
            let own = events.iter().filter(|e| e.member as usize == i);
            let joint = own.clone().count() as u64;
            RingMember {
                account: (plan.account)(i),
                verdict: if i + 2 < plan.members || plan.members < 8 { Verdict::Inauthentic } else { Verdict::Suspect },
                bits: plan.bits * (1.0 - i as f64 / (plan.members as f64 * 1.6)),
                joint_targets: joint,
                endorsements: joint + dice.below(40),
                discounted: own.map(|e| f64::from(e.p_fake)).sum(),
            }
        })
        .collect();
    let targets = (0..plan.targets)
        .map(|i| {
            let own = events.iter().filter(|e| e.target as usize == i);
            let by_ring = own.clone().count() as u64;
            let fake: f64 = own.map(|e| f64::from(e.p_fake)).sum();
            let reported = by_ring + 20 + dice.below(400);
            let authentic = reported as f64 - fake;
            TargetCount {
                target: (plan.target)(i),
                owner: (i % 3 != 2).then(|| format!("owner_{}", dice.below(7))),
                reported,
                authentic,
                low: authentic - fake * 0.08,
                high: authentic + fake * 0.12,
                by_ring,
            }
        })
        .collect();
    let accused = members.iter().filter(|m| m.verdict == Verdict::Inauthentic).count();
    let in_step = events.iter().filter(|e| e.in_step).count();
    RingCase {
        ring: plan.id.to_string(),
        kind: plan.kind,
        verdict: format!(
            "{} accounts act together within {} s on occasion after occasion; {accused} of them are accused at a false \
             discovery rate of 5%, any others are suspects ({:.1} bits of evidence against the belief that the group acts \
             independently)",
            plan.members, plan.window_seconds, plan.bits
        ),
        innocent: "people with the same taste who happen to be online together, or readers of one digest. Against it: given \
                   the same targets and the same 10 min, they are far more often within 60 s of each other than everybody's \
                   pace, their own habits and the crowd present explain; their targets have 7 owners, and each owner was \
                   counted once, so being fans of one does not explain it"
            .to_string(),
        bits: plan.bits,
        window_seconds: plan.window_seconds,
        first_ts: events.first().map_or(0, |e| e.ts),
        last_ts: events.last().map_or(0, |e| e.ts),
        members_total: plan.members as u64,
        targets_total: plan.targets as u64,
        accused: accused as u64,
        members,
        targets,
        evidence: evidence(plan, in_step),
        exhibits: exhibits(plan, in_step, &mut dice),
        events,
        innocents: innocents(),
        changes: changes(),
    }
}

fn compared(uppers: &[f64], seed: u64) -> Compared {
    let mut dice = Dice(seed);
    let observed: Vec<u64> = (0..=uppers.len()).map(|i| dice.below(20) + if i == 2 { 150 } else { 0 }).collect();
    let total: u64 = observed.iter().sum();
    let expected = observed.iter().map(|_| total as f64 / observed.len() as f64).collect();
    Compared { uppers: uppers.to_vec(), observed, expected, learned_from: 4_812 }
}

fn rates(inside: u64, seed: u64) -> Rates {
    let mut dice = Dice(seed);
    let part = |part| Part { part, whole: part * 3 + 17 };
    Rates { inside: Part { part: inside, whole: inside + 9 }, elsewhere: part(dice.below(40)), others: part(700) }
}

/// What a case shows beside its evidence, of plausible size.
fn exhibits(plan: &Plan, in_step: usize, dice: &mut Dice) -> Exhibits {
    let seed = dice.below(1 << 30);
    let members = plan.members as u32;
    let books = matches!(plan.kind, RingKind::Exchange | RingKind::Pod).then(|| Books {
        members: (0..members)
            .map(|member| Book { member, given: 10 + dice.below(30), received: 10 + dice.below(30) })
            .collect(),
        correlation: Some(0.93),
        inside: 212,
        all: 390,
    });
    let hubs = 1 + members / 9;
    let hub = |i: u32| Hub {
        is_device: i.is_multiple_of(2),
        members: 9,
        users: if i == 3 { 900 } else { 11 },
        is_common: i == 3,
    };
    let network = Network {
        accounts: (0..members.min(250)).collect(),
        hubs: (0..hubs).map(hub).collect(),
        edges: (0..members.min(250)).flat_map(|a| [(a, a % hubs), (a, (a * 7 + 1) % hubs)]).collect(),
        left_out: 2,
        sharing: Part { part: u64::from(members) - 1, whole: u64::from(members) },
    };
    Exhibits {
        effect: Effect {
            discounted: in_step as f64,
            kept: 311.0,
            targets: plan.targets as u64,
            owners: 7,
            most: Some(TargetCount {
                target: (plan.target)(0),
                owner: None,
                reported: 301,
                authentic: 241.5,
                low: 230.0,
                high: 250.0,
                by_ring: 60,
            }),
        },
        line_bits: 11.3,
        null_cells: (0..plan.members as u32 / 2).map(|i| (i * 2, i * 5 % plan.targets.max(1) as u32)).collect(),
        null_mean: 31.4,
        gaps: Some(compared(&spread::GAPS, seed)),
        ages: Some(compared(&spread::AGES, seed + 1)),
        conduct: Some(Conduct {
            unseen: rates(in_step as u64, seed),
            liked: rates(40, seed + 2),
            dwell: Some(compared(&spread::DWELL, seed + 3)),
        }),
        books,
        network: Some(network),
    }
}

fn endorsed(t: &TargetCount) -> Endorsed {
    let (target, owner) = (t.target.clone(), t.owner.clone());
    Endorsed { target, owner, ts: START + HOUR, p_fake: 0.97, in_step: true, seen: Some(false) }
}

fn innocents() -> Vec<Innocent> {
    vec![Innocent {
        explanation:
            "people of one taste: readers of the same digest or niche, newcomers who work through one starter pack"
                .into(),
        against: "ring endorsements that no view of the same account precedes: 120 of 130, 12.4 expected (12.0 bits)"
            .into(),
        bits: 12.0,
    }]
}

fn changes() -> Vec<Change> {
    vec![Change {
        without: "the shared devices".into(),
        bits: 3.0,
        then: "suspect".into(),
        turns: true,
        sentence: "without the shared devices the evidence is 3.0 bits: suspect".into(),
    }]
}

/// Cases of the members of rings.
fn accounts(rings: &[RingCase]) -> Vec<AccountCase> {
    let of = |ring: &RingCase, member: &RingMember| AccountCase {
        account: member.account.clone(),
        verdict: member.verdict,
        bits: member.bits,
        accusing_bits: member.bits,
        ring: Some(ring.ring.clone()),
        evidence: ring.evidence.clone(),
        innocents: innocents(),
        changes: changes(),
        exhibits: AccountExhibits {
            line_bits: 11.3,
            kind: Some(ring.kind),
            endorsements: member.endorsements,
            discounted: member.discounted,
            created: Some(START - 40 * DAY),
            times: ring.events.iter().take(60).map(|e| (e.ts, e.p_fake)).collect(),
            samples: ring.targets.iter().take(4).map(endorsed).collect(),
            gaps: Some(compared(&spread::GAPS, 5)),
            shared: vec![Hub { is_device: true, members: 1, users: 12, is_common: false }],
            unseen: Some(rates(0, 6)),
        },
    };
    rings.iter().flat_map(|r| r.members.iter().map(move |m| of(r, m))).collect()
}

fn evidence(plan: &Plan, in_step: usize) -> Vec<Evidence> {
    let (observed, w) = (in_step as f64, plan.window_seconds);
    let of = |signal: &str, bits, statistic: &str, observed, expected, sentence: String| Evidence {
        signal: signal.to_string(),
        bits,
        statistic: statistic.to_string(),
        observed,
        expected,
        sentence,
        samples: vec![Sample { actor: "troll_1".into(), target: "status/85".into(), ts: Some(START) }],
    };
    vec![
        of(
            "lockstep",
            plan.bits * 0.7,
            &format!("members' occasions in step, mostly within {w} s"),
            observed,
            observed / 210.0,
            format!(
                "its 60 members were in step on {observed} of {} separate occasions held back for the test, mostly within {w} s; \
                 coincidence gives at most {:.1} ({:.1} bits for a member, in the mean of e-values)",
                observed * 2.0,
                observed / 210.0,
                plan.bits * 0.7
            ),
        ),
        of(
            "pool",
            plan.bits * 0.4,
            "members' endorsements of targets that share endorsers",
            observed / 3.0,
            4.2,
            "12 of its members together gave 31 endorsements to targets that their group shares; other readers of those \
             targets would have given 4.2 (12.0 bits for a member)"
                .to_string(),
        ),
        of(
            "burst",
            -1.3,
            "endorsements in the densest window",
            3.0,
            2.6,
            "3 of 40 endorsements within 10 min where the general pace gives 2.6; views did not rise with them (-1.3 bits)"
                .to_string(),
        ),
    ]
}

fn series(count: TargetCount, seed: u64) -> TargetSeries {
    let mut dice = Dice(seed);
    let fake = count.reported as f64 - count.authentic;
    let jump = 20 + dice.below(50) as i64;
    let points = (0..=96)
        .map(|i| {
            let real = count.authentic * (i as f64 / 96.0).powf(0.7);
            let bought = if i < jump { 0.0 } else { fake * ((i - jump + 1) as f64 / 6.0).min(1.0) };
            (START + i * 2 * HOUR, (real + bought).round(), real)
        })
        .collect();
    TargetSeries { count, points, rings: Vec::new() }
}

fn signal(signal: &str, ran: bool, note: &str) -> SignalRun {
    SignalRun { signal: signal.to_string(), ran, note: note.to_string(), ..SignalRun::default() }
}

/// Three rings: a farm of 60, a collusion network with awkward names, a pod of 5.
pub(crate) fn three_rings() -> ReportModel {
    let awkward = |i: usize| match i {
        0 => "محمد_الإخبارية_الرسمية".to_string(),
        1 => "👩‍👩‍👧‍👦 家庭 family".to_string(),
        2 => "<script>alert('x')</script>".to_string(),
        3 => "line\nbreak\u{202e}txt.exe".to_string(),
        4 => format!("very-long-{}-end", "x".repeat(10_000)),
        _ => format!("https://example.test/users/{}", 90_000 + i * 37),
    };
    let rings = vec![
        ring(
            7,
            &Plan {
                id: "r1",
                kind: RingKind::Farm,
                members: 60,
                targets: 34,
                bits: 61.4,
                window_seconds: 60.0,
                turnout: 0.55,
                account: &|i| format!("troll_{:03}", i * 7 % 997),
                target: &|i| format!("status/85983{:05}", i * 1_237),
            },
        ),
        ring(
            8,
            &Plan {
                id: "r2",
                kind: RingKind::Collusion,
                members: 22,
                targets: 48,
                bits: 27.9,
                window_seconds: 300.0,
                turnout: 0.25,
                account: &awkward,
                target: &|i| format!("video-{i}"),
            },
        ),
        ring(
            9,
            &Plan {
                id: "r3",
                kind: RingKind::Pod,
                members: 5,
                targets: 8,
                bits: 14.2,
                window_seconds: 30.0,
                turnout: 0.9,
                account: &|i| format!("friend{}", i + 1),
                target: &|i| format!("post {}", i + 1),
            },
        ),
    ];
    let mut targets: Vec<TargetSeries> = rings
        .iter()
        .flat_map(|r| r.targets.iter().cloned())
        .enumerate()
        .map(|(i, count)| series(count, i as u64))
        .collect();
    targets.sort_by(|a, b| {
        let fake = |t: &TargetSeries| t.count.reported as f64 - t.count.authentic;
        fake(b).total_cmp(&fake(a))
    });
    targets.truncate(20);
    let discounted: f64 = rings.iter().flat_map(|r| &r.members).map(|m| m.discounted).sum();
    let mut dice = Dice(3);
    let mut so_far = (0.0, 0.0);
    let timeline = (0..=216)
        .map(|i| {
            let day = 1.0 + (i as f64 / 24.0 * std::f64::consts::TAU).sin();
            let real = (60.0 + 180.0 * day + dice.share() * 40.0).round();
            let fake = if dice.share() < 0.3 { (discounted / 60.0_f64).round() } else { 0.0 };
            if i > 0 {
                so_far = (so_far.0 + real + fake, so_far.1 + real);
            }
            (START + i * HOUR, so_far.0, so_far.1)
        })
        .collect::<Vec<_>>();
    let overview = Overview {
        rows: 61_204,
        rejects: 12,
        endorsements: so_far.0 as u64,
        accounts: 9_218,
        targets: 1_870,
        accused: rings.iter().map(|r| r.accused).sum(),
        suspects: 4,
        rings: rings.len() as u64,
        discounted,
        fdr: 0.05,
        first_ts: START,
        last_ts: START + 9 * DAY,
        timed: true,
        signals: vec![
            signal("burst", true, "used actor, target, ts; views would sharpen it"),
            signal("lockstep", true, "used actor, target, ts with windows of 60 s, 10 min; owner (each counts once)"),
            signal("pool", false, "the log has no owner"),
        ],
        warnings: vec!["2 targets have rows with different owners; the most frequent was taken".to_string()],
    };
    ReportModel {
        title: "coordinated retweets.csv".to_string(),
        version: "0.1.0".to_string(),
        overview,
        accounts: accounts(&rings),
        owners: vec![OwnerCount { owner: "owner_3".into(), targets: 31, reported: 4_100, authentic: 3_702.5 }],
        rings,
        targets,
        timeline,
        ranking: None,
    }
}

/// One small ring: short enough for a golden file.
pub(crate) fn small() -> ReportModel {
    let mut model = three_rings();
    model.title = "small <log>.csv".to_string();
    let case = model.rings.pop().expect("three rings");
    model.overview.accused = case.accused;
    model.overview.rings = 1;
    model.overview.discounted = 31.5;
    model.accounts = accounts(std::slice::from_ref(&case));
    model.targets = vec![series(case.targets[0].clone(), 1)];
    model.targets[0].points.truncate(12);
    model.timeline.truncate(12);
    model.rings = vec![case];
    model
}

/// A log in which nobody is accused.
pub(crate) fn nobody() -> ReportModel {
    let mut model = three_rings();
    model.title = "higgs activity.parquet".to_string();
    model.rings.clear();
    model.accounts.clear();
    model.targets.clear();
    model.owners.clear();
    model.overview.accused = 0;
    model.overview.suspects = 0;
    model.overview.rings = 0;
    model.overview.discounted = 0.0;
    for stretch in &mut model.timeline {
        stretch.2 = stretch.1;
    }
    model.overview.warnings.clear();
    model
}

/// A log without times.
pub(crate) fn no_times() -> ReportModel {
    let mut model = three_rings();
    model.overview.timed = false;
    (model.overview.first_ts, model.overview.last_ts) = (0, 0);
    model.timeline.clear();
    for ring in &mut model.rings {
        (ring.first_ts, ring.last_ts, ring.window_seconds) = (0, 0, 0.0);
        for e in &mut ring.events {
            (e.ts, e.in_step) = (0, false);
        }
        (ring.exhibits.gaps, ring.exhibits.ages) = (None, None);
    }
    for account in &mut model.accounts {
        account.exhibits.times.clear();
        account.exhibits.gaps = None;
    }
    for target in &mut model.targets {
        target.points.clear();
    }
    model
}

/// Many rings of many members.
pub(crate) fn many_rings(rings: usize, members: usize, targets: usize, name_length: usize) -> ReportModel {
    let mut model = three_rings();
    let account = |i: usize| format!("{}-{i}", "é<".repeat(name_length / 2));
    model.rings = (0..rings)
        .map(|i| {
            ring(
                i as u64,
                &Plan {
                    id: &format!("r{}", i + 1),
                    kind: RingKind::Farm,
                    members,
                    targets,
                    bits: 400.0 / (i + 1) as f64,
                    window_seconds: 60.0,
                    turnout: 0.6,
                    account: &account,
                    target: &account,
                },
            )
        })
        .collect();
    model.overview.rings = rings as u64;
    model.accounts = accounts(&model.rings);
    model.accounts.truncate(400);
    model
}
