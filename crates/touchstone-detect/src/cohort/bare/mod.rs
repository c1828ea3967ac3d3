//! What endorsements alone tell of how they came about: who, what, when, and nothing else.
//!
//! Without views, devices and addresses the marks of conduct are silent. Two things remain that people do not do together:
//! come at the pace of a clock ([`clockwork`]), and come once, to one target, and never
//! again ([`one_off`]).

pub mod clockwork;
pub mod one_off;
