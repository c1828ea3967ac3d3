//! Many likes, no follows: what moderators look for by eye.
//!
//! *Source*: folklore; no paper. *Formula*: an account with at least 20 likes that followed nobody
//! in the log is accused; its score is its number of likes. Without follow events it has no answer.

use super::{Answer, Verdicts};
use crate::likes::Likes;

const LIKES_MIN: u32 = 20;

pub(super) fn run(likes: &Likes) -> Answer {
    let Some(follows) = &likes.follows else {
        return Answer::NoAnswer("needs follow events".into());
    };
    let mut verdicts = Verdicts::none(likes.accounts.len());
    for (account, (&given, &followed)) in likes.given().iter().zip(follows).enumerate() {
        if followed == 0 {
            verdicts.scores[account] = given.into();
            verdicts.accused[account] = given >= LIKES_MIN;
        }
    }
    Answer::Verdicts(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;

    #[test]
    fn a_follow_clears_and_no_follow_events_are_no_answer() {
        let rows: Vec<_> = (0..3).flat_map(|u| (0..20 - u / 2).map(move |p| (u, p, 0))).collect();
        let mut likes = likes(&rows);
        assert_eq!(run(&likes), Answer::NoAnswer("needs follow events".into()));
        likes.follows = Some(vec![0, 1, 0]);
        let Answer::Verdicts(verdicts) = run(&likes) else { panic!() };
        assert_eq!(verdicts.accused, [true, false, false]);
        assert_eq!(verdicts.scores, [20.0, 0.0, 19.0]);
    }
}
