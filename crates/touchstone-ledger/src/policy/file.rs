//! The policy file: TOML, read whole, with every problem at its line and column.

use super::condition::Condition;
use crate::entry::{ActionKind, BreakerKind};
use crate::ledger::Review;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// Longest delay, in hours.
const DELAY_HOURS_MAX: f64 = 24.0 * 30.0;
/// Longest that an action lasts, in days.
const DAYS_MAX: i64 = crate::ledger::DAYS_MAX as i64;
/// A permission is an argument, not a tick in a box.
const PERMISSION_WORDS_MIN: usize = 40;
/// Most bytes of a policy file.
const FILE_MAX: usize = 1_000_000;

/// What is wrong with a policy, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// What, and what to do.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// Problems of a file, a line each with the file's name.
pub fn explained(file: &dyn std::fmt::Display, problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|p| format!("{file}:{p}")).collect();
    lines.join("\n")
}

/// A policy that was checked.
#[derive(Debug)]
pub struct Policy {
    /// BLAKE3 of the file's bytes, in hexadecimal: what entries name it by.
    pub hash: String,
    /// The file's text.
    pub text: String,
    /// Its name, for people.
    pub name: String,
    /// The operator's permission to do more than discounting and asking for review without a person.
    pub permission: Option<Permission>,
    /// Most automatic actions in a day, in all.
    pub per_day: u64,
    /// Most automatic actions in a day that change the counts of one author.
    pub per_author_day: u64,
    /// Most accounts under an automatic action, as a share of all accounts.
    pub share_of_accounts: f64,
    /// How work on cases is organised, where the file says so.
    pub review: Option<Review>,
    /// The rules, in order: the first live one that holds decides.
    pub rules: Vec<Rule>,
}

/// What the operator says in writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// What may be done without a person.
    pub actions: BTreeSet<ActionKind>,
    /// In whose name.
    pub by: String,
    /// Since when, as YYYY-MM-DD.
    pub date: String,
    /// Why.
    pub words: String,
}

/// What a rule judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleTarget {
    /// Accounts that are not organic.
    #[default]
    Account,
    /// Targets whose counts are corrected.
    Target,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, kept when the file changes: breakers and steps count by it.
    pub name: String,
    /// What it judges.
    pub on: RuleTarget,
    /// When it holds.
    pub when: Condition,
    /// True if it acts; else it only records what it would have done.
    pub live: bool,
    /// Share of accounts it acts on, in percent: the same accounts as long as it grows.
    pub percent: f64,
    /// Its steps, mildest first: who was acted on by it before gets the next one.
    pub steps: Vec<Step>,
    /// For how many days an earlier action counts for the steps.
    pub look_back_days: u32,
    /// Actions start so many hours later, at random between the two.
    pub delay_hours: (f64, f64),
    /// Most actions in a day.
    pub per_day: u64,
    /// Why, in plain words, as the author will read it.
    pub reason: String,
    /// The ground in the platform's terms.
    pub ground: String,
}

/// A step of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub kind: ActionKind,
    /// For how many days.
    pub days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    permission: Option<Spanned<WrittenPermission>>,
    limits: Spanned<Limits>,
    #[serde(default)]
    review: Option<Spanned<WrittenReview>>,
    #[serde(default)]
    rule: Vec<Spanned<WrittenRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPermission {
    actions: Vec<Spanned<String>>,
    by: Spanned<String>,
    date: Spanned<String>,
    words: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    per_day: Spanned<i64>,
    per_author_day: Spanned<i64>,
    share_of_accounts: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReview {
    claim_minutes: Option<Spanned<i64>>,
    second_for: Option<Vec<Spanned<String>>>,
    second_share: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    name: Spanned<String>,
    #[serde(default)]
    on: RuleTarget,
    when: Spanned<String>,
    #[serde(default)]
    mode: Mode,
    percent: Option<Spanned<f64>>,
    step: Vec<Spanned<WrittenStep>>,
    look_back_days: Option<Spanned<i64>>,
    delay_hours: Option<Spanned<Vec<f64>>>,
    per_day: Option<Spanned<i64>>,
    reason: Spanned<String>,
    ground: Spanned<String>,
}

/// A rule acts only where it says so.
#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Shadow,
    Live,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    action: Spanned<String>,
    days: Spanned<i64>,
}

impl Policy {
    /// Reads and checks a policy file.
    ///
    /// # Errors
    /// Why it cannot be read, or everything that is wrong with it, a line each with file, line and column.
    pub fn load(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|e| format!("{shown}: cannot be read: {e}"))?;
        Self::read(&text).map_err(|problems| explained(&shown, &problems))
    }

    /// Reads and checks a policy.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order of the file.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > FILE_MAX {
            let message = format!("is longer than {FILE_MAX} bytes; is this a policy?");
            return Err(vec![Problem { line: 1, column: 1, message }]);
        }
        let file: File = toml::from_str(text).map_err(|e| {
            let (line, column) = place(text, e.span().map_or(0, |s| s.start));
            vec![Problem { line, column, message: e.message().replace('\n', "; ") }]
        })?;
        let mut reader = Reader { text, problems: Vec::new() };
        let policy = reader.policy(file);
        reader.problems.sort_by_key(|p| (p.line, p.column));
        if reader.problems.is_empty() { Ok(policy) } else { Err(reader.problems) }
    }

    /// True if an action of this kind needs no person.
    #[must_use]
    pub fn allows(&self, kind: ActionKind) -> bool {
        kind.is_mild() || self.permission.as_ref().is_some_and(|p| p.actions.contains(&kind))
    }

    /// The limit of a breaker that counts actions of a rule.
    pub(crate) fn limit(&self, breaker: BreakerKind, rule: &Rule) -> u64 {
        match breaker {
            BreakerKind::Rule => rule.per_day,
            BreakerKind::Day => self.per_day,
            BreakerKind::Author => self.per_author_day,
            BreakerKind::Share => u64::MAX,
        }
    }
}

/// Line and column of a byte of a text.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..byte.min(text.len())];
    let before = String::from_utf8_lossy(before);
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
    (line, column)
}

struct Reader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn say(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, column) = place(self.text, span.start);
        self.problems.push(Problem { line, column, message: message.into() });
    }

    fn policy(&mut self, file: File) -> Policy {
        let name = self.words("name", file.name, 1, 200);
        let permission = file.permission.map(|p| self.permission(p.into_inner()));
        let limits = file.limits.into_inner();
        let policy_review = file.review.map(|r| self.review(r.into_inner()));
        let share = limits.share_of_accounts;
        let share_span = share.span();
        let share_of_accounts = share.into_inner();
        if !(0.0..=1.0).contains(&share_of_accounts) {
            self.say(share_span, "share_of_accounts is a share, from 0.0 to 1.0 (0.01 is one in a hundred)");
        }
        let mut seen = BTreeSet::new();
        let mut rules = Vec::new();
        for rule in file.rule {
            let span = rule.get_ref().name.span();
            if let Some(rule) = self.rule(rule.into_inner(), permission.as_ref()) {
                if !seen.insert(rule.name.clone()) {
                    self.say(span, format!("there are two rules \"{}\"; breakers count by name", rule.name));
                }
                rules.push(rule);
            }
        }
        Policy {
            hash: blake3::hash(self.text.as_bytes()).to_hex().to_string(),
            text: self.text.to_owned(),
            name,
            permission,
            per_day: self.count("per_day", limits.per_day, i64::MAX),
            per_author_day: self.count("per_author_day", limits.per_author_day, i64::MAX),
            share_of_accounts,
            review: policy_review,
            rules,
        }
    }

    fn permission(&mut self, written: WrittenPermission) -> Permission {
        let actions = written.actions.into_iter().filter_map(|a| self.action(a)).collect();
        let date_span = written.date.span();
        let date = written.date.into_inner();
        if date.parse::<jiff::civil::Date>().is_err() {
            self.say(date_span, format!("\"{date}\" is not a day like 2026-11-25"));
        }
        let words_span = written.words.span();
        let words = self.words("words", written.words, 1, 5_000);
        if words.chars().count() < PERMISSION_WORDS_MIN {
            let message =
                format!("a permission to act without a person says why, in at least {PERMISSION_WORDS_MIN} characters");
            self.say(words_span, message);
        }
        Permission { actions, by: self.words("by", written.by, 3, 200), date, words }
    }

    fn review(&mut self, written: WrittenReview) -> Review {
        let mut review = Review::default();
        if let Some(minutes) = written.claim_minutes {
            review.claim_minutes =
                u32::try_from(self.count("claim_minutes", minutes, 7 * 24 * 60)).unwrap_or(30).max(1);
        }
        if let Some(kinds) = written.second_for {
            review.second_for = kinds.into_iter().filter_map(|k| self.action(k)).collect();
        }
        if let Some(share) = written.second_share {
            let span = share.span();
            review.second_share = share.into_inner();
            if !(0.0..=1.0).contains(&review.second_share) {
                self.say(span, "second_share is a share, from 0.0 to 1.0");
            }
        }
        review
    }

    fn rule(&mut self, written: WrittenRule, permission: Option<&Permission>) -> Option<Rule> {
        let name = self.words("name", written.name, 1, 100);
        let on = written.on;
        let when = self.condition(&written.when, on == RuleTarget::Target);
        let live = written.mode == Mode::Live;
        let percent = written.percent.map_or(100.0, |p| {
            let (span, percent) = (p.span(), p.into_inner());
            if !(0.0..=100.0).contains(&percent) {
                self.say(span, "percent is from 0.0 to 100.0");
            }
            percent
        });
        let stepless = written.step.is_empty();
        let mut steps: Vec<Step> = Vec::new();
        for step in written.step {
            let step = step.into_inner();
            let span = step.days.span();
            let days = self.count("days", step.days, DAYS_MAX);
            if days == 0 {
                self.say(span, "days is from 1: every action ends, and lasts at least a day");
            }
            let action_span = step.action.span();
            let Some(kind) = self.action(step.action) else { continue };
            if steps.last().is_some_and(|before| before.kind > kind) {
                self.say(action_span.clone(), "steps go from mild to hard: this one is milder than the one before");
            }
            if on == RuleTarget::Target && matches!(kind, ActionKind::FreezeLiking | ActionKind::Suspend) {
                let message =
                    format!("{} is done to accounts; a target can be discounted, limited or reviewed", kind.as_str());
                self.say(action_span.clone(), message);
            }
            let allowed = kind.is_mild() || permission.is_some_and(|p| p.actions.contains(&kind));
            if live && !allowed && permission.is_some() {
                let message = format!(
                    "[permission] does not name {}; without that it is only suggested to reviewers (take it out, or \
                     name it)",
                    kind.as_str()
                );
                self.say(action_span, message);
            }
            steps.push(Step { kind, days: u32::try_from(days).unwrap_or(1) });
        }
        let reason_span = written.reason.span();
        let reason = self.words("reason", written.reason, 1, 2_000);
        if reason.split_whitespace().count() < 4 {
            self.say(reason_span, "a reason is what the author will read: a sentence in plain words");
        }
        let rule = Rule {
            name,
            on,
            when: when?,
            live,
            percent,
            look_back_days: written
                .look_back_days
                .map_or(180, |d| u32::try_from(self.count("look_back_days", d, DAYS_MAX)).unwrap_or(180)),
            delay_hours: written.delay_hours.map_or((0.0, 0.0), |d| self.delay(d)),
            per_day: written.per_day.map_or(u64::MAX, |d| self.count("per_day", d, i64::MAX)),
            reason,
            ground: self.words("ground", written.ground, 3, 500),
            steps,
        };
        if rule.steps.is_empty() && !stepless {
            // What is wrong with them was said.
            return None;
        }
        if stepless {
            let span = written.when.span();
            self.say(span, format!("rule \"{}\" has no [[rule.step]]: what does it do?", rule.name));
            return None;
        }
        Some(rule)
    }

    fn delay(&mut self, delay: Spanned<Vec<f64>>) -> (f64, f64) {
        let span = delay.span();
        match delay.into_inner().as_slice() {
            [low, high] if (0.0..=DELAY_HOURS_MAX).contains(low) && low <= high && *high <= DELAY_HOURS_MAX => {
                (*low, *high)
            }
            _ => {
                self.say(span, "delay_hours is two numbers, least and most, from 0.0 to 720.0");
                (0.0, 0.0)
            }
        }
    }

    fn condition(&mut self, when: &Spanned<String>, on_targets: bool) -> Option<Condition> {
        match Condition::read(when.get_ref(), on_targets) {
            Ok(condition) => Some(condition),
            Err(wrongs) => {
                for wrong in wrongs {
                    let (line, column) = self.inside(when.span(), wrong.line, wrong.column);
                    self.problems.push(Problem { line, column, message: wrong.message });
                }
                None
            }
        }
    }

    /// Where a place in a string of the file is in the file. Exact for strings without escapes.
    fn inside(&self, span: Range<usize>, line: usize, column: usize) -> (usize, usize) {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let mut opening = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
        if opening == 3 {
            // A line break right after the quotes is not part of the string.
            opening += raw[3..].find('\n').filter(|i| raw[3..3 + i].trim().is_empty()).map_or(0, |i| i + 1);
        }
        let (first_line, first_column) = place(self.text, span.start + opening);
        if line <= 1 { (first_line, first_column + column - 1) } else { (first_line + line - 1, column) }
    }

    fn action(&mut self, action: Spanned<String>) -> Option<ActionKind> {
        action.get_ref().parse().map_err(|message: String| self.say(action.span(), message)).ok()
    }

    fn words(&mut self, what: &str, words: Spanned<String>, least: usize, most: usize) -> String {
        let (span, words) = (words.span(), words.into_inner());
        let length = words.trim().chars().count();
        if length < least || length > most {
            self.say(span, format!("{what} has {length} characters; it must have {least} to {most}"));
        }
        words.trim().to_owned()
    }

    fn count(&mut self, what: &str, count: Spanned<i64>, most: i64) -> u64 {
        let (span, count) = (count.span(), count.into_inner());
        if count < 0 || count > most {
            let most = if most == i64::MAX { "up".to_owned() } else { format!("to {most}") };
            self.say(span, format!("{what} is a whole number from 0 {most}"));
        }
        u64::try_from(count).unwrap_or(0)
    }
}
