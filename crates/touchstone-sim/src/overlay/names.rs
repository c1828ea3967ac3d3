//! Unused account names of the host's shape.

use std::collections::{BTreeMap, HashSet};

use super::options::OverlayError;
use crate::log::Names;
use crate::random::Random;

/// Tries for each name before the shape counts as full.
const TRIES: usize = 200;
/// Gaps looked at for each try.
const GAPS_SEEN_MAX: usize = 200;
/// Names with more prefixes than this share of them are not "a prefix and a number".
const PREFIX_SHARE_MAX: f64 = 0.01;

/// `wanted` names that the host has not, drawn like the host's own.
///
/// Where the host's names are numbers, possibly with a few fixed prefixes (`u17`, `tw_49523`,
/// `007`), new ones are unused numbers near a randomly drawn one of the same prefix and
/// width, so they lie as densely as the host's. Otherwise (hashes, UUIDs) each character is drawn
/// from those the host has in that place, for a length drawn from the host's.
pub(super) fn like(host: &Names, wanted: usize, random: &mut Random) -> Result<Vec<String>, OverlayError> {
    // Sorted, so that the order of the host's rows changes nothing.
    let mut known: Vec<&str> = host.all().iter().map(String::as_str).collect();
    known.sort_unstable();
    let shape = Shape::of(&known);
    let mut fresh = HashSet::new();
    let mut names = Vec::with_capacity(wanted);
    while names.len() < wanted {
        let drawn =
            (0..TRIES).find_map(|_| shape.draw(random).filter(|name| !host.contains(name) && !fresh.contains(name)));
        let Some(name) = drawn else {
            return Err(OverlayError::Names { accounts: known.len(), wanted });
        };
        fresh.insert(name.clone());
        names.push(name);
    }
    Ok(names)
}

/// `count` new names for all accounts: twelve hexadecimal digits each.
pub(super) fn plain(count: usize, random: &mut Random) -> Vec<String> {
    let mut seen = HashSet::with_capacity(count);
    let mut names = Vec::with_capacity(count);
    while names.len() < count {
        let name = format!("{:012x}", random.word() >> 16);
        if seen.insert(name.clone()) {
            names.push(name);
        }
    }
    names
}

enum Shape {
    /// Numbers by prefix and, where they have leading zeros, width; sorted.
    Numbers(Vec<Series>),
    /// Characters by length and place, each as often as the host has it.
    Characters { lengths: Vec<usize>, places: BTreeMap<usize, Vec<Vec<char>>> },
}

struct Series {
    prefix: String,
    width: usize,
    numbers: Vec<u64>,
}

impl Shape {
    fn of(known: &[&str]) -> Self {
        Self::numbers(known).unwrap_or_else(|| Self::characters(known))
    }

    fn numbers(known: &[&str]) -> Option<Self> {
        let mut split = Vec::with_capacity(known.len());
        for name in known {
            let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = &name[prefix.len()..];
            // 18 digits always fit; none at all is no number.
            if digits.is_empty() || digits.len() > 18 {
                return None;
            }
            split.push((prefix, digits));
        }
        let mut padded: BTreeMap<&str, bool> = BTreeMap::new();
        for (prefix, digits) in &split {
            *padded.entry(prefix).or_default() |= digits.len() > 1 && digits.starts_with('0');
        }
        if padded.len() > 1 && padded.len() as f64 > known.len() as f64 * PREFIX_SHARE_MAX {
            return None;
        }
        let mut series: BTreeMap<(&str, usize), Vec<u64>> = BTreeMap::new();
        for (prefix, digits) in split {
            let width = if padded[prefix] { digits.len() } else { 0 };
            series.entry((prefix, width)).or_default().push(digits.parse().ok()?);
        }
        let series = series.into_iter().map(|((prefix, width), mut numbers)| {
            numbers.sort_unstable();
            Series { prefix: prefix.to_owned(), width, numbers }
        });
        Some(Self::Numbers(series.collect()))
    }

    fn characters(known: &[&str]) -> Self {
        let mut lengths = Vec::with_capacity(known.len());
        let mut places: BTreeMap<usize, Vec<Vec<char>>> = BTreeMap::new();
        for name in known {
            let length = name.chars().count();
            lengths.push(length);
            let by_place = places.entry(length).or_insert_with(|| vec![Vec::new(); length]);
            for (place, character) in name.chars().enumerate() {
                by_place[place].push(character);
            }
        }
        Self::Characters { lengths, places }
    }

    fn draw(&self, random: &mut Random) -> Option<String> {
        match self {
            Self::Numbers(series) => {
                let total: usize = series.iter().map(|series| series.numbers.len()).sum();
                let mut place = random.below(total as u64) as usize;
                let series = series.iter().find(|series| {
                    let here = place < series.numbers.len();
                    if !here {
                        place -= series.numbers.len();
                    }
                    here
                })?;
                // The nearest gap on one side: where the host's numbers lie close, few gaps are
                // free, and drawing again elsewhere would make new names rare just there.
                let numbers = &series.numbers;
                let up = random.below(2) == 1;
                let (low, gap) = (0..GAPS_SEEN_MAX).find_map(|step| {
                    let at = if up { place.checked_add(step)? } else { place.checked_sub(step)? };
                    let (low, high) = (*numbers.get(at)?, *numbers.get(at + 1)?);
                    (high - low >= 2).then_some((low, high - low))
                })?;
                let number = low + 1 + random.below(gap - 1);
                Some(format!("{}{:0width$}", series.prefix, number, width = series.width))
            }
            Self::Characters { lengths, places } => {
                let length = lengths[random.below(lengths.len() as u64) as usize];
                let draw = |characters: &Vec<char>| characters[random.below(characters.len() as u64) as usize];
                Some(places.get(&length)?.iter().map(draw).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(known: &[String], wanted: usize) -> Result<Vec<String>, OverlayError> {
        let mut names = Names::default();
        for name in known {
            names.intern(name);
        }
        like(&names, wanted, &mut Random::stream(1, 2, 3))
    }

    #[test]
    fn numbers_stay_in_range() {
        let known: Vec<String> = (0..500).map(|n| (n * 7 + 100).to_string()).collect();
        let names = fresh(&known, 300).unwrap();
        for name in &names {
            let number: u64 = name.parse().unwrap();
            assert!((100..=3593).contains(&number), "{name}");
            assert!(!known.contains(name));
        }
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 300);
    }

    #[test]
    fn numbers_lie_as_densely_as_the_hosts() {
        // Half of the host's numbers fill nine places in ten of a short range.
        let dense = (0..5000_u64).filter(|n| n % 10 != 3);
        let known: Vec<String> = dense.chain((0..4500).map(|n| 5000 + n * 20)).map(|n| n.to_string()).collect();
        let names = fresh(&known, 400).unwrap();
        let low = names.iter().filter(|name| name.parse::<u64>().unwrap() < 5000).count();
        // Binomial with p = 1/2: standard deviation 10.
        assert!((150..=250).contains(&low), "{low}");
    }

    #[test]
    fn prefixes_and_padding_stay() {
        let known: Vec<String> =
            (0..1000).map(|n| if n % 3 == 0 { format!("fb_{n:06}") } else { format!("tw_{}", n * 40) }).collect();
        for name in fresh(&known, 200).unwrap() {
            let (prefix, digits) = name.split_once('_').unwrap();
            match prefix {
                "fb" => assert!(digits.len() == 6 && digits < "001000", "{name}"),
                "tw" => assert!(!digits.starts_with('0') && digits.len() <= 5, "{name}"),
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn hashes_stay_hashes() {
        let mut random = Random::stream(4, 4, 4);
        let known = plain(400, &mut random);
        for name in fresh(&known, 100).unwrap() {
            assert!(name.len() == 12 && name.bytes().all(|b| b"0123456789abcdef".contains(&b)));
        }
    }

    #[test]
    fn full_ranges_are_refused() {
        let known: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        assert!(matches!(fresh(&known, 1), Err(OverlayError::Names { accounts: 100, wanted: 1 })));
    }
}
