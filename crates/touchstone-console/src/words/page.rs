//! What the page says of itself: its parts, search, keys.

use crate::text::count;

pub(crate) const OVERVIEW: &str = "Overview";
pub(crate) const ACCOUNTS: &str = "Accounts";
pub(crate) const ALL_TARGETS: &str = "Targets";
pub(crate) const SEARCH: &str = "Search names";
pub(crate) const HELP: &str = "Keys";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const MISSING: &str = "Not on this page";
pub(crate) const MISSING_WHY: &str = "This report has no case or row of that name. It may be organic, or below what a page can list; the findings files \
     hold all.";
pub(crate) const NO_SCRIPT: &str =
    "The cases of single accounts are packed, and need JavaScript to be read; all else on this page does not.";

pub(crate) const KEYS: [(&[&str], &str); 6] = [
    (&["j", "k"], "next and previous row, or case"),
    (&["/"], "search"),
    (&["u"], "from a case up to its list"),
    (&["1", "2", "3", "4", "5"], "overview, rings, accounts, targets, ranking"),
    (&["l"], "the other language"),
    (&["?"], "this list; Escape closes it"),
];

pub(crate) const NO_ACCOUNTS: &str = "No account is accused or suspect.";
pub(crate) const ACCOUNTS_CAPTION: &str = "Accused and suspect accounts, most evidence first";
pub(crate) const INFLATED: &str = "Who is most inflated";
pub(crate) const INFLATED_TARGETS: &str = "Targets with most discounted";
pub(crate) const INFLATED_OWNERS: &str = "Owners with most discounted on all their targets";

pub(crate) fn accounts_cut(shown: usize, total: u64) -> String {
    format!(
        "The {} accounts with most evidence of {} are on this page; the findings files list all.",
        count(shown as u64),
        count(total)
    )
}

pub(crate) const RANKING: &str = "Ranking";
pub(crate) const RANKING_INTRO: &str = "What deserves to be seen, by what cannot be bought: how long it was watched, what people did then, and likes that weigh as much \
     as whoever gave them can be trusted. Each part is on its own; the score is their sum.";
pub(crate) const RANKING_CAPTION: &str = "Targets by rank, and why";
pub(crate) const NO_RANKING: &str = "Nothing was ranked.";
pub(crate) const METRICS_CAPTION: &str = "What is measured, and its weight";
pub(crate) const CAPPED: &str = "Likes would have lifted it further than the rest bears out; they were held back.";
pub(crate) const PARTS: &str = "What each part gave";
pub(crate) const AGE: &str = "age";

/// A metric's name for people.
pub(crate) fn metric(name: &str) -> &str {
    match name {
        "completion" => "watched to the end, for its length",
        "finish" => "finished",
        "dwell" => "time spent",
        "share" => "shares",
        "save" => "saves",
        "comment" => "comments",
        "follow" => "follows",
        "like" => "trusted likes",
        "negative" => "turned away",
        other => other,
    }
}

pub(crate) fn against_median(median: f64) -> String {
    format!("median {}", crate::text::decimal(median, 2))
}
