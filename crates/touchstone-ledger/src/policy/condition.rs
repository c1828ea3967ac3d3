//! Conditions of rules, in the part of the Common Expression Language that cannot run away.
//!
//! There are no macros (`all`, `exists`, `map`, ...), so nothing loops: evaluating looks at each node of the expression
//! once, and an expression has at most [`NODES_MAX`] nodes. There is no regular expression either. Types are checked
//! when the policy is read, so that a rule does not fail on the day it would matter.

use cel::common::ast::{CallExpr, Expr, LiteralValue, SourceInfo};
use cel::{Env, IdedExpr, Program, Value};
use serde::Serialize;
use std::sync::Arc;

/// Most characters of a condition.
pub(crate) const LENGTH_MAX: usize = 2_000;
/// Most nodes of a condition.
pub(crate) const NODES_MAX: u32 = 300;
/// Deepest nesting; also what keeps the parser's stack small.
const DEPTH_MAX: u32 = 40;

/// The type of a field or of a part of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// true or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a point.
    Double,
    /// Text.
    String,
}

impl FieldType {
    fn word(self) -> &'static str {
        match self {
            Self::Bool => "a truth value",
            Self::Int => "a whole number (write 3)",
            Self::Double => "a number with a point (write 3.0)",
            Self::String => "text",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }
}

/// A field that conditions can ask about.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// As it is written: account.bits.
    pub name: &'static str,
    /// Its type.
    pub kind: FieldType,
    /// What it is.
    pub meaning: &'static str,
}

const fn field(name: &'static str, kind: FieldType, meaning: &'static str) -> Field {
    Field { name, kind, meaning }
}

use FieldType::{Bool, Double, Int, String as Text};

/// All fields. Rules on accounts see account, ring, verdict and bits; rules on targets see target.
pub const FIELDS: [Field; 26] = [
    field("verdict", Text, "the account's verdict: suspect or inauthentic"),
    field("bits", Double, "evidence against the account, in bits"),
    field("account.verdict", Text, "as verdict"),
    field("account.bits", Double, "as bits"),
    field("account.endorsements", Int, "its endorsements"),
    field("account.discounted", Double, "how many of them are discounted (sum of p_fake)"),
    field("account.share", Double, "discounted / endorsements, 0.0 to 1.0"),
    field("account.signal", Text, "the signal that tells most, or \"\""),
    field("account.in_ring", Bool, "true in a ring"),
    field("account.authors", Int, "owners whose counts its discounted endorsements change"),
    field("account.earlier", Int, "earlier actions on it that were not taken back, reviews aside"),
    field("account.confirmed", Bool, "true if a person confirmed a finding on it"),
    field("ring.kind", Text, "farm, exchange, pod, collusion, burst; \"\" outside a ring"),
    field("ring.bits", Double, "evidence against the ring as a whole; 0.0 outside"),
    field("ring.members", Int, "its members; 0 outside"),
    field("ring.accused", Int, "how many of them are accused"),
    field("ring.targets", Int, "targets they share"),
    field("ring.days", Double, "days from its first to its last endorsement"),
    field("target.reported", Int, "reported endorsements"),
    field("target.authentic", Double, "corrected count"),
    field("target.low", Double, "lower end of its 95 % interval"),
    field("target.high", Double, "upper end"),
    field("target.bubble", Double, "reported minus authentic"),
    field("target.share", Double, "bubble / reported, 0.0 to 1.0"),
    field("target.owned", Bool, "true if its owner is known"),
    field("target.earlier", Int, "earlier actions on it that were not taken back"),
];

/// Facts of an account, as conditions see them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct AccountFacts {
    pub(crate) verdict: String,
    pub(crate) bits: f64,
    pub(crate) endorsements: i64,
    pub(crate) discounted: f64,
    pub(crate) share: f64,
    pub(crate) signal: String,
    pub(crate) in_ring: bool,
    pub(crate) authors: i64,
    pub(crate) earlier: i64,
    pub(crate) confirmed: bool,
}

/// Facts of a ring.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct RingFacts {
    pub(crate) kind: String,
    pub(crate) bits: f64,
    pub(crate) members: i64,
    pub(crate) accused: i64,
    pub(crate) targets: i64,
    pub(crate) days: f64,
}

/// Facts of a target.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct TargetFacts {
    pub(crate) reported: i64,
    pub(crate) authentic: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) bubble: f64,
    pub(crate) share: f64,
    pub(crate) owned: bool,
    pub(crate) earlier: i64,
}

/// What a condition is asked about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Facts {
    Account(AccountFacts, RingFacts),
    Target(TargetFacts),
}

/// A problem at a place of the condition: line and column from 1, counted in the condition's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// A condition that was checked.
pub struct Condition {
    program: Program,
    env: Arc<Env>,
    text: String,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Condition").field(&self.text).finish()
    }
}

impl Condition {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Compiles and checks. `on_targets`: which of the fields it sees.
    pub(crate) fn read(text: &str, on_targets: bool) -> Result<Self, Vec<Wrong>> {
        let at_start = |message: String| vec![Wrong { line: 1, column: 1, message }];
        if text.trim().is_empty() {
            return Err(at_start("is empty; write true for a rule that holds for everybody".into()));
        }
        if text.chars().count() > LENGTH_MAX {
            return Err(at_start(format!("is longer than {LENGTH_MAX} characters; make two rules of it")));
        }
        nesting(text).map_err(|wrong| vec![wrong])?;
        let env = Arc::new(Env::default().with_stdlib());
        let program = env.compile(text).map_err(|errors| {
            let wrongs = errors.errors.iter().map(|e| Wrong {
                line: usize::try_from(e.pos.0).unwrap_or(1).max(1),
                column: usize::try_from(e.pos.1).unwrap_or(1).max(1),
                message: e.msg.clone(),
            });
            let wrongs: Vec<Wrong> = wrongs.collect();
            if wrongs.is_empty() { at_start("cannot be read as CEL".into()) } else { wrongs }
        })?;
        let mut check = Check { info: program.source_info(), text, on_targets, nodes: 0, wrongs: Vec::new() };
        let result = check.kind(program.expression(), 0);
        if let Some(kind) = result.filter(|k| *k != Kind::One(Bool)) {
            check.say(program.expression(), format!("is {}; a condition is true or false", kind.word()));
        }
        if check.wrongs.is_empty() { Ok(Self { program, env, text: text.to_owned() }) } else { Err(check.wrongs) }
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// A division by zero or an overflow, in words.
    pub(crate) fn holds(&self, facts: &Facts) -> Result<bool, String> {
        let mut context = cel::Context::with_env(Arc::clone(&self.env));
        let mut add = |name: &str, value: Result<Value, cel::SerializationError>| match value {
            Ok(value) => {
                context.add_variable_from_value(name, value);
                Ok(())
            }
            Err(e) => Err(e.to_string()),
        };
        match facts {
            Facts::Account(account, ring) => {
                add("verdict", cel::to_value(&account.verdict))?;
                add("bits", cel::to_value(account.bits))?;
                add("account", cel::to_value(account))?;
                add("ring", cel::to_value(ring))?;
            }
            Facts::Target(target) => add("target", cel::to_value(target))?,
        }
        match self.program.execute(&context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("came to {other:?}, not to true or false")),
            Err(e) => Err(e.to_string()),
        }
    }
}

/// Refuses deep nesting before the parser sees it.
fn nesting(text: &str) -> Result<(), Wrong> {
    let (mut depth, mut line, mut column) = (0u32, 1, 0);
    for c in text.chars() {
        column += 1;
        match c {
            '\n' => (line, column) = (line + 1, 0),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            let message = format!("is nested deeper than {DEPTH_MAX}; make two rules of it");
            return Err(Wrong { line, column, message });
        }
    }
    Ok(())
}

/// The type of a part.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    One(FieldType),
    /// A list of such.
    List(FieldType),
}

impl Kind {
    fn word(self) -> String {
        match self {
            Self::One(kind) => kind.word().to_owned(),
            Self::List(kind) => format!("a list ({})", kind.word()),
        }
    }
}

struct Check<'c> {
    info: &'c SourceInfo,
    text: &'c str,
    on_targets: bool,
    nodes: u32,
    wrongs: Vec<Wrong>,
}

impl Check<'_> {
    fn say(&mut self, expr: &IdedExpr, message: String) {
        let offset = self.info.offset_for(expr.id).map_or(0, |(start, _)| start as usize);
        let before: Vec<char> = self.text.chars().take(offset).collect();
        let line = 1 + before.iter().filter(|c| **c == '\n').count();
        let column = 1 + before.iter().rev().take_while(|c| **c != '\n').count();
        self.wrongs.push(Wrong { line, column, message });
    }

    /// The type of an expression; none where something is wrong with it, which is then said.
    fn kind(&mut self, expr: &IdedExpr, depth: u32) -> Option<Kind> {
        self.nodes += 1;
        if self.nodes == NODES_MAX + 1 {
            self.say(expr, format!("has more than {NODES_MAX} parts; make two rules of it"));
        }
        if self.nodes > NODES_MAX || depth > 2 * DEPTH_MAX {
            if depth > 2 * DEPTH_MAX {
                self.say(expr, "is nested too deeply; make two rules of it".into());
            }
            return None;
        }
        match &expr.expr {
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Some(Kind::One(Bool)),
                LiteralValue::Int(_) => Some(Kind::One(Int)),
                LiteralValue::Double(_) => Some(Kind::One(Double)),
                LiteralValue::String(_) => Some(Kind::One(Text)),
                _ => {
                    self.say(expr, "is no value to compare with; use text, numbers, true or false".into());
                    None
                }
            },
            Expr::Ident(name) => self.field(expr, name),
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(of) => self.field(expr, &format!("{of}.{}", select.field)),
                _ => {
                    self.say(expr, format!("has no field \"{}\"; {}", select.field, self.known()));
                    None
                }
            },
            Expr::List(list) => {
                let mut kinds = Vec::new();
                for element in &list.elements {
                    kinds.push(self.kind(element, depth + 1)?);
                }
                match kinds.first() {
                    Some(Kind::One(first)) if kinds.iter().all(|k| *k == Kind::One(*first)) => Some(Kind::List(*first)),
                    _ => {
                        self.say(expr, "is a list of different things; a list holds values of one type".into());
                        None
                    }
                }
            }
            Expr::Call(call) => self.call(expr, call, depth),
            _ => {
                self.say(expr, "is not available in conditions; use comparisons, && || !, in, and arithmetic".into());
                None
            }
        }
    }

    fn known(&self) -> String {
        let names: Vec<&str> = FIELDS.iter().filter(|f| self.sees(f)).map(|f| f.name).collect();
        format!("fields: {}", names.join(", "))
    }

    fn sees(&self, field: &Field) -> bool {
        field.name.starts_with("target.") == self.on_targets
    }

    fn field(&mut self, expr: &IdedExpr, name: &str) -> Option<Kind> {
        if let Some(field) = FIELDS.iter().find(|f| f.name == name && self.sees(f)) {
            return Some(Kind::One(field.kind));
        }
        let message = if FIELDS.iter().any(|f| f.name == name) {
            let on = if self.on_targets { "account" } else { "target" };
            format!("\"{name}\" is not seen here; put it into a rule with on = \"{on}\"")
        } else {
            format!("no field \"{name}\"; {}", self.known())
        };
        self.say(expr, message);
        None
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr, depth: u32) -> Option<Kind> {
        let mut parts: Vec<&IdedExpr> = call.target.as_deref().into_iter().collect();
        parts.extend(&call.args);
        let mut kinds = Vec::new();
        for part in &parts {
            kinds.push(self.kind(part, depth + 1));
        }
        // What is wrong inside was said; more about it would only confuse.
        let kinds: Vec<Kind> = kinds.into_iter().collect::<Option<_>>()?;
        let ones: Option<Vec<FieldType>> =
            kinds.iter().map(|k| if let Kind::One(t) = k { Some(*t) } else { None }).collect();
        let name = call.func_name.as_str();
        let found = match (name, kinds.as_slice(), ones.as_deref()) {
            ("_&&_" | "_||_", _, Some([Bool, Bool])) | ("!_", _, Some([Bool])) => Some(Bool),
            ("_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", _, Some([a, b]))
                if (a == b && (*a != Bool || name == "_==_" || name == "_!=_")) || (a.is_number() && b.is_number()) =>
            {
                Some(Bool)
            }
            ("_+_" | "_-_" | "_*_" | "_/_", _, Some([a, b])) if a == b && a.is_number() => Some(*a),
            ("_%_", _, Some([Int, Int])) => Some(Int),
            ("-_", _, Some([a])) if a.is_number() => Some(*a),
            ("_?_:_", _, Some([Bool, a, b])) if a == b => Some(*a),
            ("@in", [Kind::One(a), Kind::List(b)], _) if a == b => Some(Bool),
            ("contains" | "startsWith" | "endsWith", _, Some([Text, Text])) if call.target.is_some() => Some(Bool),
            ("size", _, Some([Text])) => Some(Int),
            ("double", _, Some([a])) if a.is_number() => Some(Double),
            ("int", _, Some([a])) if a.is_number() => Some(Int),
            _ => None,
        };
        if found.is_none() {
            let of: Vec<String> = kinds.iter().map(|k| k.word()).collect();
            let shown = name.trim_start_matches('@').replace('_', "");
            let message = if KNOWN.contains(&name) {
                format!("{shown} does not go with {}", of.join(" and "))
            } else {
                format!(
                    "no function {shown} in conditions; there are contains, startsWith, endsWith, size, double, int"
                )
            };
            self.say(expr, message);
        }
        found.map(Kind::One)
    }
}

const KNOWN: [&str; 22] = [
    "_&&_",
    "_||_",
    "!_",
    "_==_",
    "_!=_",
    "_<_",
    "_<=_",
    "_>_",
    "_>=_",
    "_+_",
    "_-_",
    "_*_",
    "_/_",
    "_%_",
    "-_",
    "_?_:_",
    "@in",
    "contains",
    "startsWith",
    "endsWith",
    "size",
    "double",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Facts {
        let account = AccountFacts {
            verdict: "inauthentic".into(),
            bits: 21.5,
            endorsements: 40,
            discounted: 30.0,
            share: 0.75,
            signal: "lockstep".into(),
            in_ring: true,
            authors: 2,
            ..AccountFacts::default()
        };
        let ring = RingFacts { kind: "farm".into(), bits: 60.0, members: 12, accused: 9, targets: 30, days: 4.0 };
        Facts::Account(account, ring)
    }

    #[test]
    fn what_holds_and_what_does_not() {
        let cases = [
            ("true", true),
            ("verdict == 'inauthentic' && bits > 20.0", true),
            ("bits > 20", true),
            ("account.bits >= 21.5 && ring.kind in ['farm', 'pod']", true),
            ("ring.members > 20 || account.share < 0.5", false),
            ("!(account.in_ring) ? bits > 1.0 : ring.days <= 4.0", true),
            ("account.signal.startsWith('lock') && size(ring.kind) == 4", true),
            ("double(account.endorsements) * 0.5 < account.discounted", true),
            ("account.endorsements % 7 == 5 && -bits < 0.0", true),
            ("account.earlier == 0 && !account.confirmed", true),
        ];
        for (text, expected) in cases {
            let condition = Condition::read(text, false).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            assert_eq!(condition.holds(&account()), Ok(expected), "{text}");
        }
        let on_target = Condition::read("target.share > 0.3 && target.reported >= 100", true).unwrap();
        let facts = TargetFacts { reported: 100, share: 0.4, ..TargetFacts::default() };
        assert_eq!(on_target.holds(&Facts::Target(facts)), Ok(true));
    }

    #[test]
    fn every_field_can_be_asked_for() {
        for field in FIELDS {
            let on_targets = field.name.starts_with("target.");
            let text = match field.kind {
                Bool => format!("{} == {}", field.name, field.name),
                _ => format!("{} >= {}", field.name, field.name),
            };
            let condition = Condition::read(&text, on_targets).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            let facts = if on_targets { Facts::Target(TargetFacts::default()) } else { account() };
            assert_eq!(condition.holds(&facts), Ok(true), "{text}");
        }
    }

    #[test]
    fn problems_are_found_before_they_matter() {
        let cases = [
            ("", 1, 1, "empty"),
            ("bits > ", 1, 8, ""),
            ("verdict == 'x' && account.bitz > 3.0", 1, 26, "no field \"account.bitz\""),
            ("bits > '3'", 1, 6, "does not go with"),
            ("bits > 1.0 &&\n  ring.kind", 1, 12, "does not go with"),
            ("bits + 1.0", 1, 6, "true or false"),
            ("target.bubble > 1.0", 1, 7, "not seen here"),
            ("[1, 2].exists(x, x > 1)", 1, 15, ""),
            ("account.signal.matches('a+')", 1, 23, "no function matches"),
            ("ring.kind in ['farm', 3]", 1, 14, "list of different things"),
            ("duration('3s') > duration('2s')", 1, 9, "no function"),
            ("bits > null", 1, 8, "no value"),
        ];
        for (text, line, column, words) in cases {
            let wrongs = Condition::read(text, false).err().unwrap_or_else(|| panic!("{text} was taken"));
            let first = &wrongs[0];
            assert!(wrongs.iter().any(|w| w.message.contains(words)), "{text}: {wrongs:?}");
            assert_eq!((first.line, first.column), (line, column), "{text}: {wrongs:?}");
        }
    }

    #[test]
    fn cost_is_bounded() {
        let long = vec!["bits > 1.0"; 500].join(" && ");
        assert!(Condition::read(&long, false).unwrap_err()[0].message.contains("longer than"));
        let deep = format!("{}true{}", "(".repeat(500), ")".repeat(500));
        assert!(Condition::read(&deep, false).unwrap_err()[0].message.contains("nested"));
        let many = vec!["true"; 200].join("||");
        assert!(Condition::read(&many, false).unwrap_err()[0].message.contains("parts"));
        let not = format!("{}true", "!".repeat(1_900));
        let _ = Condition::read(&not, false);
        let minus = format!("{}1 > 0", "- ".repeat(900));
        let _ = Condition::read(&minus, false);
        let dots = format!("a{}", ".b".repeat(900));
        assert!(Condition::read(&dots, false).is_err());
        let ternary = format!("{}true", "true ? true : ".repeat(140));
        let _ = Condition::read(&ternary, false);
    }

    #[test]
    fn a_division_by_zero_is_said() {
        let condition = Condition::read("account.endorsements / account.earlier > 1", false).unwrap();
        assert!(condition.holds(&account()).is_err());
    }
}
