//! Two small classifiers and their yardstick.

/// Area under the ROC curve of a score: the chance that a fake one scores higher than an authentic
/// one (ties count half), and its distance from one half in standard errors (Mann & Whitney; ties
/// make the error smaller than assumed here, so the distance is never overstated).
pub(crate) fn separation(rows: &[(f64, bool)]) -> (f64, f64) {
    let mut sorted: Vec<&(f64, bool)> = rows.iter().collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut below, mut wins) = (0.0, 0.0);
    let mut place = 0;
    while place < sorted.len() {
        let end = place + sorted[place..].iter().take_while(|row| row.0 == sorted[place].0).count();
        let fake = sorted[place..end].iter().filter(|row| row.1).count() as f64;
        let authentic = (end - place) as f64 - fake;
        wins += fake * (below + authentic / 2.0);
        below += authentic;
        place = end;
    }
    let fake = rows.iter().filter(|row| row.1).count() as f64;
    let authentic = rows.len() as f64 - fake;
    assert!(fake >= 20.0 && authentic >= 20.0, "{fake} fake and {authentic} authentic are too few to compare");
    let area = wins / (fake * authentic);
    let error = ((fake + authentic + 1.0) / (12.0 * fake * authentic)).sqrt();
    (area, (area - 0.5) / error)
}

/// Logistic regression on standardised features, their squares and products, by gradient descent with classes
/// weighted alike; gives the scores of the test rows.
pub(crate) fn classify(train: &[(Vec<f64>, bool)], test: &[(Vec<f64>, bool)]) -> Vec<(f64, bool)> {
    let expand = |row: &[f64], scale: &[(f64, f64)]| -> Vec<f64> {
        let flat: Vec<f64> = row.iter().zip(scale).map(|(value, (mean, sd))| (value - mean) / sd).collect();
        let mut all = vec![1.0];
        all.extend(&flat);
        for (place, one) in flat.iter().enumerate() {
            all.extend(flat[place..].iter().map(|other| one * other));
        }
        all
    };
    let width = train[0].0.len();
    let scale: Vec<(f64, f64)> = (0..width)
        .map(|column| {
            let mean = train.iter().map(|row| row.0[column]).sum::<f64>() / train.len() as f64;
            let variance = train.iter().map(|row| (row.0[column] - mean).powi(2)).sum::<f64>() / train.len() as f64;
            (mean, variance.sqrt().max(1e-9))
        })
        .collect();
    let expanded: Vec<(Vec<f64>, bool)> = train.iter().map(|(row, fake)| (expand(row, &scale), *fake)).collect();
    let fakes = expanded.iter().filter(|row| row.1).count() as f64;
    let authentic = expanded.len() as f64 - fakes;
    let mut weights = vec![0.0; expanded[0].0.len()];
    let score =
        |weights: &[f64], row: &[f64]| weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>();
    for _ in 0..40 {
        let mut slope = vec![0.0; weights.len()];
        for (row, fake) in &expanded {
            let chance = 1.0 / (1.0 + (-score(&weights, row)).exp());
            let miss = if *fake { (1.0 - chance) / fakes } else { -chance / authentic };
            for (slope, value) in slope.iter_mut().zip(row) {
                *slope += miss * value;
            }
        }
        for (weight, slope) in weights.iter_mut().zip(slope) {
            *weight += 0.3 * slope;
        }
    }
    test.iter().map(|(row, fake)| (score(&weights, &expand(row, &scale)), *fake)).collect()
}

/// Values that a feature is cut into.
const BINS: usize = 32;
/// Levels of questions of a tree.
const DEPTH: usize = 3;
const ROUNDS: usize = 60;

/// Gradient boosted trees (Friedman 2001) on features cut at their quantiles, classes weighted alike: finds what digits
/// and combinations of them tell, which no straight line does. Gives the scores of the test rows.
pub(crate) fn boost(train: &[(Vec<f64>, bool)], test: &[(Vec<f64>, bool)]) -> Vec<(f64, bool)> {
    let width = train[0].0.len();
    let cuts: Vec<Vec<f64>> = (0..width)
        .map(|column| {
            let mut values: Vec<f64> = train.iter().map(|row| row.0[column]).collect();
            values.sort_by(f64::total_cmp);
            let mut cuts: Vec<f64> = (1..BINS).map(|bin| values[bin * values.len() / BINS]).collect();
            cuts.dedup();
            cuts
        })
        .collect();
    let bins = |rows: &[(Vec<f64>, bool)]| -> Vec<Vec<u8>> {
        let bin = |row: &(Vec<f64>, bool)| {
            row.0.iter().zip(&cuts).map(|(value, cuts)| cuts.partition_point(|cut| cut <= value) as u8).collect()
        };
        rows.iter().map(bin).collect()
    };
    let (known, asked) = (bins(train), bins(test));
    let fakes = train.iter().filter(|row| row.1).count() as f64;
    let weight = |fake: bool| if fake { 0.5 / fakes } else { 0.5 / (train.len() as f64 - fakes) };
    let mut scores = vec![0.0_f64; train.len()];
    let mut answers = vec![0.0; test.len()];
    for _ in 0..ROUNDS {
        let slopes: Vec<(f64, f64)> = scores
            .iter()
            .zip(train)
            .map(|(score, row)| {
                let chance = 1.0 / (1.0 + (-score).exp());
                let weight = weight(row.1);
                (weight * (f64::from(row.1) - chance), weight * chance * (1.0 - chance))
            })
            .collect();
        let mut leaves = vec![0_usize; train.len()];
        let mut asked_leaves = vec![0_usize; test.len()];
        for level in 0..DEPTH {
            let questions: Vec<(usize, u8)> =
                (0..1 << level).map(|leaf| question(&known, &slopes, &leaves, leaf, width)).collect();
            for (rows, leaves) in [(&known, &mut leaves), (&asked, &mut asked_leaves)] {
                for (row, leaf) in rows.iter().zip(leaves) {
                    let (column, cut) = questions[*leaf];
                    *leaf = 2 * *leaf + usize::from(row[column] > cut);
                }
            }
        }
        let mut sums = [(0.0, 0.0); 1 << DEPTH];
        for (&leaf, slope) in leaves.iter().zip(&slopes) {
            sums[leaf] = (sums[leaf].0 + slope.0, sums[leaf].1 + slope.1);
        }
        // A leaf of few rows is held back by the constant.
        let steps = sums.map(|(slope, curve)| 0.15 * slope / (curve + 2e-3));
        leaves.iter().zip(&mut scores).for_each(|(&leaf, score)| *score += steps[leaf]);
        asked_leaves.iter().zip(&mut answers).for_each(|(&leaf, answer)| *answer += steps[leaf]);
    }
    answers.into_iter().zip(test).map(|(answer, row)| (answer, row.1)).collect()
}

/// The feature and the bin that part a leaf's rows best.
fn question(known: &[Vec<u8>], slopes: &[(f64, f64)], leaves: &[usize], leaf: usize, width: usize) -> (usize, u8) {
    let mut sums = vec![[(0.0, 0.0); BINS]; width];
    for ((row, slope), _) in known.iter().zip(slopes).zip(leaves).filter(|(_, place)| **place == leaf) {
        for (sums, &bin) in sums.iter_mut().zip(row) {
            let sum = &mut sums[usize::from(bin)];
            *sum = (sum.0 + slope.0, sum.1 + slope.1);
        }
    }
    let gain = |(slope, curve): (f64, f64)| slope * slope / (curve + 2e-3);
    let mut best = (0.0, (0, 0));
    for (column, sums) in sums.iter().enumerate() {
        let whole = sums.iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
        let mut below = (0.0, 0.0);
        for (cut, sum) in sums.iter().enumerate() {
            below = (below.0 + sum.0, below.1 + sum.1);
            let gained = gain(below) + gain((whole.0 - below.0, whole.1 - below.1)) - gain(whole);
            if gained > best.0 {
                best = (gained, (column, cut as u8));
            }
        }
    }
    best.1
}
