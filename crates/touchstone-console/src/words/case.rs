//! What a case says beside its evidence.

use touchstone_detect::case::{Books, Compared, Conduct, Effect, Hub, Network, Part, Rates};
use touchstone_detect::findings::{AccountCase, TargetCount, Verdict};

use super::{endorsements, members, targets};
use crate::text::{amount, bits, count, counted, date, decimal, duration, share, split};

pub(crate) const TO_ACCOUNTS: &str = "All accounts";
pub(crate) const FOUND_IN: &str = "Found in ring";
pub(crate) const HARDEST: &str = "Hardest hit:";
pub(crate) const MEMBERS_CAPTION: &str = "Members, most evidence first";
pub(crate) const MORE_MEMBERS_CAPTION: &str = "More members";
pub(crate) const RING_TARGETS_CAPTION: &str = "Targets, most endorsed by its members first";
pub(crate) const MORE_TARGETS_CAPTION: &str = "More targets";

pub(crate) const SUM_CAPTION: &str =
    "In bits, from what had to be outweighed, by each piece of evidence, to the verdict.";
pub(crate) const ADJUSTED_CAPTION: &str = "In bits, from what had to be outweighed, by each piece of evidence, to the verdict. Pieces that rest on the \
     same endorsements are not added up in full; what that takes off is a row of its own.";
pub(crate) const SECOND_CAPTION: &str = "In bits, from what had to be outweighed to the verdict. A ring counts by its second strongest trait, so that no \
     single trait convicts, less the price of having looked at many; the cards show every trait.";
pub(crate) const GAPS: &str = "Time between actions";
pub(crate) const GAPS_CAPTION: &str = "From one endorsement of an account to its next. The outline is what accounts as active do that nothing speaks against.";
pub(crate) const AGES: &str = "Age of the accounts";
pub(crate) const AGES_CAPTION: &str =
    "From an account's creation to its first endorsement in this log. The outline is all other accounts.";
pub(crate) const DWELL: &str = "How long they watched";
pub(crate) const DWELL_CAPTION: &str =
    "Dwell before endorsing a ring target. The outline is what others watched of what they endorsed.";
pub(crate) const CONDUCT: &str = "Likes against views";
pub(crate) const CONDUCT_CAPTION: &str =
    "What members do on the ring's targets, what they do elsewhere, and what accounts do that nothing speaks against.";
pub(crate) const UNSEEN_CAPTION: &str =
    "Endorsements without a view before them, beside those of accounts that nothing speaks against.";
pub(crate) const BOOKS: &str = "Books of giving and receiving";
pub(crate) const BOOKS_CAPTION: &str = "A dot a member: endorsements given to other members, and received from them. On the line both are equal, as where \
     likes are traded for likes; friends give without keeping books.";
pub(crate) const NETWORK: &str = "Shared devices and addresses";
pub(crate) const NETWORK_CAPTION: &str = "Squares are devices, diamonds addresses, dots members; the numbers are members of all its accounts. Grey: more others than members use it (a campus, a carrier), so \
     it says nothing. Identifiers are hashed and not shown.";
pub(crate) const COUNTS_CAPTION: &str = "Reported counts: the solid part is authentic, the hatched part discounted; the bar at its end is the 95% \
     interval of the authentic count.";
pub(crate) const NULL: &str = "The same, if everybody acted alone";
pub(crate) const NULL_CAPTION: &str =
    "The same members and targets if accounts as active picked among targets as popular, each by itself: one draw.";
pub(crate) const STRIP_CAPTION: &str = "Its endorsements over time. Tall: likely fake.";
pub(crate) const EVENTS: &str = "Some of these events";
pub(crate) const AGAINST: &str = "Against it:";
pub(crate) const OTHER_INNOCENTS: &str = "Other explanations that were considered";
pub(crate) const CHANGES: &str = "What would change the verdict";
pub(crate) const SHARED: &str = "Devices and addresses shared with others";
pub(crate) const SAMPLES: &str = "Endorsements to look up";
pub(crate) const SAMPLES_CAPTION: &str = "Some of its endorsements, the likeliest to be fake first";

pub(crate) const ROW_LINE: &str = "To be outweighed";
pub(crate) const ROW_ADJUSTMENT: &str = "Rests on the same endorsements, so not counted twice";
pub(crate) const ROW_TOTAL: &str = "Evidence";
pub(crate) const ROW_BEYOND: &str = "Beyond the line";
pub(crate) const ROW_SHORT: &str = "Short of the line";

pub(crate) fn row_price(traits: usize) -> String {
    format!("Price of having looked at {traits} traits")
}

pub(crate) const NULL_LEGEND: &str = "others";
pub(crate) const CASE_LEGEND: &str = "this case";
pub(crate) const ON_TARGETS: &str = "on ring targets";
pub(crate) const ELSEWHERE: &str = "the same accounts elsewhere";
pub(crate) const ITSELF: &str = "this account";
pub(crate) const OTHERS: &str = "accounts in no ring";
pub(crate) const UNSEEN: &str = "Endorsed without a view";
pub(crate) const LIKED: &str = "Endorsed of what was looked at";
pub(crate) const GIVEN: &str = "given";
pub(crate) const RECEIVED: &str = "received";

/// The signal's name for people.
pub(crate) fn signal_name(signal: &str) -> &str {
    match signal {
        "burst" => "Burst",
        "lockstep" => "Lockstep",
        "pool" => "Shared lists",
        "exchange" => "Exchange",
        "infrastructure" => "Devices and addresses",
        "path" => "How the like came about",
        other => other,
    }
}

/// What acting on a ring does.
pub(crate) fn effect(e: &Effect) -> String {
    if e.discounted < 0.5 {
        return "Acting on it changes no count: no endorsement is discounted.".to_string();
    }
    let (gone, kept) = (endorsements(e.discounted.round() as u64), endorsements(e.kept.round() as u64));
    let targets = targets(e.targets);
    match e.owners {
        0 => format!("Acting on it takes {gone} off {targets}; {kept} by the same accounts stay."),
        n => {
            let owners = counted(n, "owner", "owners");
            format!("Acting on it takes {gone} off {targets} of {owners}; {kept} by the same accounts stay.")
        }
    }
}

/// The rest of the sentence that begins with [`HARDEST`] and a name.
pub(crate) fn hardest(t: &TargetCount) -> String {
    let (authentic, _) = split(t.reported, t.reported as f64 - t.authentic);
    format!("with {} reported and {authentic} authentic.", count(t.reported))
}

pub(crate) fn account_verdict(a: &AccountCase) -> String {
    match a.verdict {
        Verdict::Inauthentic => format!(
            "Accused of faking endorsements: {} of evidence against it, where an accusation takes {}.",
            bits(a.bits),
            bits(a.exhibits.line_bits)
        ),
        Verdict::Suspect => {
            format!("Worth a look, not accused: {} of evidence against it.", bits(a.bits))
        }
        Verdict::Organic => format!("Nothing speaks against it beyond chance: {}.", bits(a.bits)),
    }
}

pub(crate) fn account_effect(a: &AccountCase) -> String {
    if a.exhibits.discounted < 0.05 {
        return "Acting on it changes no count: none of its endorsements is discounted.".to_string();
    }
    let (kept, gone) = split(a.exhibits.endorsements, a.exhibits.discounted);
    format!("Acting on it discounts {gone} of its {}; {kept} stay.", endorsements(a.exhibits.endorsements))
}

pub(crate) fn account_facts(a: &AccountCase, timed: bool) -> Vec<String> {
    let mut facts = vec![endorsements(a.exhibits.endorsements)];
    if let Some(created) = a.exhibits.created {
        facts.push(format!("created {}", date(created)));
    }
    if let (true, Some(first), Some(last)) = (timed, a.exhibits.times.first(), a.exhibits.times.last()) {
        facts.push(format!("active {}", crate::text::period(first.0, last.0)));
    }
    facts
}

pub(crate) fn shared(hub: &Hub, number: usize) -> String {
    let users = super::accounts(hub.users);
    if hub.is_device { format!("device {number}: {users} in all") } else { format!("address {number}: {users} in all") }
}

pub(crate) fn seen(seen: Option<bool>) -> &'static str {
    match seen {
        Some(true) => "looked first",
        Some(false) => "no view before",
        None => "\u{2013}",
    }
}

pub(crate) fn learned_from(n: u64) -> String {
    format!("Learned from {} of others.", counted(n, "value", "values"))
}

pub(crate) fn waterfall_title(pieces: usize, total: f64, line: Option<f64>) -> String {
    let pieces = counted(pieces as u64, "piece of evidence", "pieces of evidence");
    match line {
        Some(line) => format!("{pieces}: {} in all, where {} are needed", bits(total), bits(line)),
        None => format!("{pieces}: {} in all", bits(total)),
    }
}

/// Upper edges of classes, as short as can be.
pub(crate) fn edge(seconds: f64) -> String {
    let days = seconds / 86_400.0;
    if days >= 365.0 { format!("{}\u{a0}y", decimal(days / 365.0, 0)) } else { duration(seconds) }
}

/// The class in which the case stands out most, in words.
pub(crate) fn histogram_title(c: &Compared) -> String {
    let over = |i: &usize| c.observed[*i] as f64 - c.expected[*i];
    let Some(i) = (0..c.observed.len().min(c.expected.len())).max_by(|a, b| over(a).total_cmp(&over(b))) else {
        return "0 values".to_string();
    };
    let n: u64 = c.observed.iter().sum();
    format!(
        "{} of {} are {}, where others give {}",
        count(c.observed[i]),
        counted(n, "value", "values"),
        class(c, i),
        amount(c.expected[i])
    )
}

fn class(c: &Compared, i: usize) -> String {
    match (i.checked_sub(1).and_then(|j| c.uppers.get(j)), c.uppers.get(i)) {
        (None, Some(high)) => format!("under {}", edge(*high)),
        (Some(low), Some(high)) => format!("from {} to {}", edge(*low), edge(*high)),
        (Some(low), None) => format!("over {}", edge(*low)),
        (None, None) => "of any size".to_string(),
    }
}

pub(crate) const HISTOGRAM_DESC: &str =
    "Filled bars are this case, the outline is what is expected of others, both as shares.";

pub(crate) fn part(p: Part) -> String {
    if p.whole == 0 {
        "no occasion".to_string()
    } else {
        format!("{} of {} ({})", count(p.part), count(p.whole), share(p.part, p.whole))
    }
}

pub(crate) fn conduct_title(c: &Conduct) -> String {
    let of = c.unseen.inside;
    format!("{} of {} on ring targets without a view", count(of.part), endorsements(of.whole))
}

pub(crate) fn unseen_title(r: &Rates) -> String {
    format!("{} of {} without a view", count(r.elsewhere.part), endorsements(r.elsewhere.whole))
}

pub(crate) fn unseen_desc(r: &Rates) -> String {
    format!("Of accounts in no ring: {}.", part(r.others))
}

pub(crate) fn books_title(b: &Books) -> String {
    let inside = format!(
        "{} of {} by these {} went to each other",
        count(b.inside),
        endorsements(b.all),
        members(b.members.len() as u64)
    );
    match b.correlation {
        Some(r) => format!("{inside}; correlation of given and received {}", decimal(r, 2)),
        None => inside,
    }
}

pub(crate) const BOOKS_DESC: &str = "Across: given. Upwards: received.";

pub(crate) fn network_title(n: &Network) -> String {
    format!(
        "{} of {} share a device or an address that is not common.",
        count(n.sharing.part),
        members(n.sharing.whole)
    )
}

pub(crate) fn network_desc(n: &Network) -> String {
    let common = n.hubs.iter().filter(|h| h.is_common).count();
    format!(
        "{} shared, of which {common} are common.",
        counted(n.hubs.len() as u64, "device or address", "devices and addresses")
    )
}

pub(crate) fn network_cut(n: u64) -> String {
    format!("Not drawn: {}.", counted(n, "more device or address", "more devices and addresses"))
}

/// Below a device or an address: how many members, and how many accounts in all.
pub(crate) fn hub_label(hub: &Hub) -> String {
    format!("{} of {}", count(hub.members), count(hub.users))
}

pub(crate) fn null_title(filled: usize, rows: usize, columns: usize) -> String {
    format!("{} of {} pairs, if everybody acted alone", count(filled as u64), count((rows * columns) as u64))
}

pub(crate) fn null_desc(mean: f64) -> String {
    format!("On average {} in the whole grid.", amount(mean))
}

pub(crate) fn counts_title(reported: u64, authentic: f64, n: usize) -> String {
    format!("{}: {} reported, {} authentic", targets(n as u64), count(reported), amount(authentic))
}

pub(crate) const COUNTS_DESC: &str = "The targets that lose most, each with its reported and its corrected count.";

pub(crate) fn strip_title(n: usize, fake: usize) -> String {
    format!("{}, {} likely fake", endorsements(n as u64), count(fake as u64))
}
