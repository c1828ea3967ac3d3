//! Which cases: a query in words, for the queue and for bulk decisions.

use crate::case::Case;
use crate::entry::{CaseId, Subject};
use std::collections::BTreeSet;
use std::str::FromStr;
use touchstone_detect::findings::RingKind;

/// Which cases. Everything that is said must hold; the empty filter matches all.
///
/// As text: words apart by spaces. `is:ring`, `is:account`, `is:target`; `status:open`, `claimed`, `awaits_second`,
/// `appealed`, `decided`; `kind:farm`, `exchange`, `pod`, `collusion`, `burst`; `bits>=20`, `bits<50`; `members>=5`;
/// `signal:pool` (some evidence is of that signal); `case:c1,c7`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// account, ring or target.
    pub subject: Option<String>,
    /// The word of its status.
    pub status: Option<String>,
    /// Kind of ring.
    pub kind: Option<RingKind>,
    /// At least so many bits.
    pub bits_min: Option<f64>,
    /// Fewer bits than this.
    pub bits_below: Option<f64>,
    /// At least so many members.
    pub members_min: Option<u64>,
    /// A signal with evidence on it.
    pub signal: Option<String>,
    /// One of these.
    pub cases: Option<BTreeSet<CaseId>>,
}

impl Filter {
    /// True if a case is meant.
    #[must_use]
    pub fn matches(&self, case: &Case, now: i64) -> bool {
        let view = &case.view;
        let kind = if let Subject::Ring { kind, .. } = &view.subject { Some(*kind) } else { None };
        self.subject.as_deref().is_none_or(|s| s == view.subject.word())
            && self.status.as_deref().is_none_or(|s| s == case.status(now).word())
            && self.kind.is_none_or(|k| kind == Some(k))
            && self.bits_min.is_none_or(|b| view.bits >= b)
            && self.bits_below.is_none_or(|b| view.bits < b)
            && self.members_min.is_none_or(|m| view.subject.members().len() as u64 >= m)
            && self.signal.as_deref().is_none_or(|s| view.evidence.iter().any(|e| e.signal == s))
            && self.cases.as_ref().is_none_or(|c| c.contains(&case.id))
    }
}

const STATUSES: [&str; 5] = ["open", "claimed", "awaits_second", "appealed", "decided"];
const KINDS: [RingKind; 5] = [RingKind::Farm, RingKind::Exchange, RingKind::Pod, RingKind::Collusion, RingKind::Burst];

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            let number = |digits: &str| {
                let number = digits.parse::<f64>().ok().filter(|x| x.is_finite());
                number.ok_or_else(|| format!("\"{word}\": \"{digits}\" is not a number"))
            };
            if let Some(bits) = word.strip_prefix("bits>=") {
                filter.bits_min = Some(number(bits)?);
            } else if let Some(bits) = word.strip_prefix("bits<") {
                filter.bits_below = Some(number(bits)?);
            } else if let Some(members) = word.strip_prefix("members>=") {
                filter.members_min = Some(number(members)?.max(0.0) as u64);
            } else {
                match word.split_once(':') {
                    Some(("is", s)) if ["account", "ring", "target"].contains(&s) => filter.subject = Some(s.into()),
                    Some(("status", s)) if STATUSES.contains(&s) => filter.status = Some(s.into()),
                    Some(("kind", s)) if KINDS.iter().any(|k| k.as_str() == s) => {
                        filter.kind = KINDS.into_iter().find(|k| k.as_str() == s);
                    }
                    Some(("signal", s)) if !s.is_empty() => filter.signal = Some(s.into()),
                    Some(("case", s)) => {
                        filter.cases = Some(s.split(',').map(str::parse).collect::<Result<_, _>>()?);
                    }
                    _ => {
                        return Err(format!(
                            "\"{word}\" is no condition on cases; conditions: is:ring|account|target, status:{}, \
                             kind:farm|exchange|pod|collusion|burst, bits>=N, bits<N, members>=N, signal:NAME, \
                             case:c1,c2",
                            STATUSES.join("|")
                        ));
                    }
                }
            }
        }
        Ok(filter)
    }
}
