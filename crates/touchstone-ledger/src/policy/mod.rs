//! A policy: rules in a file that say what is done to whom, how hard, for how long, and how much of it at most.
//!
//! Conditions are written in the Common Expression Language (`condition` says which part of it). [`Policy::read`]
//! finds every problem with its line and column; a policy that has one is never applied. `plan` says what a policy
//! does to findings: a pure function, the same for a proposal, a backtest and a dry run.

mod backtest;
mod breaker;
mod condition;
mod file;
mod plan;

pub use backtest::{Backtest, Hit, RuleResult, Share};
pub use breaker::Counts;
pub use condition::{Condition, FIELDS, Field, FieldType};
pub use file::{Permission, Policy, Problem, Rule, RuleTarget, Step, explained};
pub use plan::{Candidate, Fate, Planned, Subject, candidates, plan};
