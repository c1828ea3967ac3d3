//! The self-test on a user's own log: copies in which nobody coordinates, and what detection says of them.
//!
//! # What a copy keeps
//! Every target keeps its endorsements and, but for the jitter, their times: popularity, decay of attention and bursts stay.
//! Every account keeps as many endorsements, in the same strata of community, hour and popularity, and as many of one owner:
//! fans stay fans, of somebody. An endorsement's facts travel with its account: address, device, and the looks at what it
//! endorsed, so that whoever never looks first still does not.
//!
//! # What a copy destroys
//! Who endorsed what *along with whom*. All that an account gave one owner is a bundle, and bundles of one size and stratum are
//! swapped between accounts ([`swap`]): two accounts that met on ten unrelated owners meet there as often as chance has it.
//! Then times are jittered by up to twice the widest window, though never by more than half the age of the target, so that prompt
//! stays prompt ([`disturb`]).
//!
//! # What it cannot say
//! An accusation that chance explains is wrong. One that chance does not explain is not thereby right: friends, lessons and
//! newsletters are no chance, either. See [`report::cannot_rule_out`].
//!
//! # Source
//! Maslov & Sneppen 2002 and Strona et al. 2014 (degree-preserving swaps of bipartite graphs); Amarasingham et al. 2012
//! (jitter); Garwood 1936 (interval of a Poisson mean); Clopper & Pearson 1934.

pub mod disturb;
pub mod gather;
pub mod report;
pub mod swap;
