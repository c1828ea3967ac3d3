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
    (&["1", "2", "3", "4"], "overview, rings, accounts, targets"),
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
