//! How good a ranking is, where gains are known.

/// NDCG@k (Järvelin & Kekäläinen 2002) with linear gains: `gains` in the order of the ranking, none negative. 1 is the
/// best order; 0 where nothing is to be gained.
#[must_use]
pub fn ndcg(gains: &[f64], k: usize) -> f64 {
    let dcg = |g: &[f64]| g.iter().take(k).enumerate().map(|(i, g)| g / (i as f64 + 2.0).log2()).sum::<f64>();
    let mut best = gains.to_vec();
    best.sort_by(|a, b| b.total_cmp(a));
    let most = dcg(&best);
    if most > 0.0 { dcg(gains) / most } else { 0.0 }
}

/// Spearman's rank correlation; equal values share their mean rank. 0 where either side is constant.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (mean_ranks(a), mean_ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        ab += (x - mean) * (y - mean);
        aa += (x - mean).powi(2);
        bb += (y - mean).powi(2);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|i, j| values[*i].total_cmp(&values[*j]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let equal = order[start..].iter().take_while(|i| values[**i] == values[order[start]]).count();
        let mean = start as f64 + (equal as f64 - 1.0) / 2.0;
        order[start..start + equal].iter().for_each(|i| ranks[*i] = mean);
        start += equal;
    }
    ranks
}

/// Place of each item, from 1, where the highest score is first; equal scores in the order of `name`.
#[must_use]
pub fn places<'n>(scores: &[f64], name: impl Fn(usize) -> &'n str) -> Vec<u64> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|i, j| scores[*j].total_cmp(&scores[*i]).then_with(|| name(*i).cmp(name(*j))));
    let mut places = vec![0; scores.len()];
    order.iter().enumerate().for_each(|(place, i)| places[*i] = place as u64 + 1);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!((ndcg(&[3.0, 2.0, 1.0], 3) - 1.0).abs() < 1e-12);
        // By hand: (1 + 3/log2 3) / (3 + 1/log2 3).
        assert!((ndcg(&[1.0, 3.0], 2) - (1.0 + 3.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2())).abs() < 1e-12);
        assert_eq!(ndcg(&[0.0, 0.0], 2), 0.0);
        assert!((spearman(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]) - 1.0).abs() < 1e-12);
        assert!((spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]) + 1.0).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
        assert_eq!(places(&[1.0, 3.0, 3.0], |i| ["c", "b", "a"][i]), [3, 2, 1]);
    }
}
