//! A small classifier and its yardstick.

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
