//! The tables of an evaluation.

use touchstone_detect::evaluation::accounts::AccountsEvaluation;
use touchstone_detect::evaluation::calibration::Calibration;
use touchstone_detect::evaluation::counts::{CountsEvaluation, CountsRow};
use touchstone_detect::evaluation::interval::Rate;
use touchstone_detect::evaluation::likes::LikesEvaluation;
use touchstone_detect::evaluation::rings::RingsEvaluation;

use crate::escape::Html;
use crate::tables::{folded, head, number, table, words_cell};
use crate::text::count;
use crate::words::evaluation as words;

/// Characters of a name that a title holds.
const NAME_CHARS: usize = 200;

/// A cell with a share, its interval below it.
fn share(row: &mut Html, rate: &Rate) {
    row.raw("<td class=\"n\">").text(&words::share(rate.rate));
    if rate.total > 0 {
        row.raw("<small>").text(&words::interval(rate)).raw("</small>");
    }
}

fn measure(name: &str, rate: &Rate) -> Html {
    let mut row = Html::new();
    head(&mut row, name, NAME_CHARS);
    share(&mut row, rate);
    number(&mut row, &words::hits(rate));
    row
}

fn plain(name: &str, value: &str) -> Html {
    let mut row = Html::new();
    head(&mut row, name, NAME_CHARS);
    number(&mut row, value);
    number(&mut row, "");
    row
}

pub(super) fn accounts(a: &AccountsEvaluation) -> Html {
    let mut rows = vec![
        measure("precision", &a.precision),
        measure("false discovery rate", &a.false_discovery_rate),
        measure("recall", &a.recall),
        measure("recall with suspects", &a.listed_recall),
        measure("precision with suspects", &a.listed_precision),
    ];
    if let Some(r) = &a.ranking {
        rows.push(plain("average precision", &words::share(r.average_precision)));
    }
    table(words::ACCOUNTS_TABLE, &words::ACCOUNT_COLUMNS, &rows)
}

pub(super) fn attacks(a: &AccountsEvaluation, l: Option<&LikesEvaluation>) -> Html {
    let row = |(i, r): (usize, &touchstone_detect::evaluation::accounts::AttackRow)| {
        let mut row = Html::new();
        head(&mut row, &r.attack, NAME_CHARS);
        number(&mut row, &count(r.recall.total));
        share(&mut row, &r.recall);
        number(&mut row, &words::share(r.listed.rate));
        number(&mut row, &words::hits(&r.token_owners));
        number(&mut row, &likes_called(l.map(|l| l.by_attack.as_slice()), i));
        row
    };
    let rows: Vec<Html> = a.by_attack.iter().enumerate().map(row).collect();
    folded(words::BY_ATTACK, words::BY_ATTACK, &words::more, &words::ATTACK_COLUMNS, &rows)
}

fn likes_called(rows: Option<&[touchstone_detect::evaluation::likes::LikesRow]>, place: usize) -> String {
    rows.and_then(|rows| rows.get(place)).map_or_else(|| words::share(None), |row| words::hits(&row.called))
}

pub(super) fn look_alikes(a: &AccountsEvaluation, l: Option<&LikesEvaluation>) -> Html {
    let rows: Vec<Html> = a
        .by_look_alike
        .iter()
        .enumerate()
        .filter(|(_, r)| r.accused.total > 0)
        .map(|(i, r)| {
            let mut row = Html::new();
            head(&mut row, &words::row_name(&r.look_alike), NAME_CHARS);
            number(&mut row, &count(r.accused.total));
            number(&mut row, &count(r.accused.hits));
            number(&mut row, &words::at_most(&r.accused));
            number(&mut row, &count(r.suspects.hits));
            number(&mut row, &likes_called(l.map(|l| l.by_look_alike.as_slice()), i));
            row
        })
        .collect();
    table(words::BY_LOOK_ALIKE, &words::LOOK_ALIKE_COLUMNS, &rows)
}

pub(super) fn likes(l: &LikesEvaluation) -> Html {
    let d = &l.directed;
    let mass = |name, m: &touchstone_detect::evaluation::interval::MassRate| {
        let mut row = Html::new();
        head(&mut row, name, NAME_CHARS);
        let likes = m.total.round() as u64;
        share(&mut row, &Rate { hits: 0, total: likes, rate: m.rate, low: m.low, high: m.high });
        number(&mut row, &count(likes));
        row
    };
    let rows = [
        measure("precision", &d.precision),
        measure("false discovery rate", &d.false_discovery_rate),
        measure("recall", &d.recall),
        plain("average precision", &words::share(d.average_precision)),
        mass("mean p_fake of fake likes", &d.mass_recall),
        mass("mean p_fake of authentic likes", &d.mass_on_authentic),
        measure(words::COVER_ROW, &l.cover.called),
    ];
    table(words::LIKES_TABLE, &words::ACCOUNT_COLUMNS, &rows)
}

/// Rows of counts by what happened to the target.
pub(super) fn count_rows(c: &CountsEvaluation) -> [(&'static str, &CountsRow); 4] {
    [("attacked", &c.attacked), ("cover alone", &c.cover_only), ("clean", &c.clean), ("all", &c.all)]
}

pub(super) fn counts(c: &CountsEvaluation) -> Html {
    let rows = count_rows(c).map(|(name, r)| {
        let mut row = Html::new();
        head(&mut row, name, NAME_CHARS);
        number(&mut row, &count(r.targets));
        number(&mut row, &count(r.reported));
        number(&mut row, &count(r.authentic));
        number(&mut row, &words::likes_amount(r.estimated));
        number(&mut row, &words::share(r.relative_error));
        number(&mut row, &words::share(r.error_removed));
        number(&mut row, &words::share(r.wrongly_discounted));
        row
    });
    table(words::COUNTS_TABLE, &words::COUNT_COLUMNS, &rows)
}

pub(super) fn true_rings(r: &RingsEvaluation) -> Html {
    let rows: Vec<Html> = r
        .truth
        .iter()
        .map(|t| {
            let mut row = Html::new();
            head(&mut row, &t.ring, NAME_CHARS);
            words_cell(&mut row, &t.attack);
            number(&mut row, &count(t.active));
            words_cell(&mut row, &crate::escape::shorten(t.best.as_deref().unwrap_or("\u{2013}"), 24));
            number(&mut row, &count(t.in_best.hits));
            number(&mut row, &count(t.in_any.hits));
            number(&mut row, &count(t.pieces));
            row
        })
        .collect();
    folded(words::TRUE_RINGS, words::TRUE_RINGS, &words::more, &words::TRUE_RING_COLUMNS, &rows)
}

pub(super) fn found_rings(r: &RingsEvaluation) -> Html {
    let rows: Vec<Html> = r
        .findings
        .iter()
        .map(|f| {
            let mut row = Html::new();
            head(&mut row, &f.ring, NAME_CHARS);
            words_cell(&mut row, f.kind.as_deref().unwrap_or("\u{2013}"));
            number(&mut row, &count(f.members));
            number(&mut row, &count(f.fake.hits));
            let mut of = f.majority.clone().unwrap_or_else(|| "\u{2013}".into());
            if f.one_to_one.is_some() {
                of = format!("{of} ({})", words::PURITY_OF);
            }
            if f.innocent {
                of = format!("{of} ({})", words::INNOCENT);
            }
            words_cell(&mut row, &of);
            number(&mut row, &words::share(f.purity.rate));
            row
        })
        .collect();
    folded(words::FOUND_RINGS, words::FOUND_RINGS, &words::more, &words::FOUND_RING_COLUMNS, &rows)
}

pub(super) fn bins(c: &Calibration) -> Html {
    let rows: Vec<Html> = c
        .bins
        .iter()
        .map(|b| {
            let mut row = Html::new();
            head(&mut row, &words::bin(b.from, b.to), NAME_CHARS);
            number(&mut row, &count(b.fake.total));
            number(&mut row, &words::share(b.mean_p_fake));
            share(&mut row, &b.fake);
            words_cell(&mut row, if b.off { words::OFF } else { "" });
            row
        })
        .collect();
    table(words::BINS_TABLE, &words::BIN_COLUMNS, &rows)
}
