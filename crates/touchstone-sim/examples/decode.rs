//! Bare Parquet decode, the yardstick of the benchmark: reads actor, target and ts of a file on
//! all cores, keeps nothing, prints one line of JSON.
//! `cargo run --release -p touchstone-sim --example decode -- FILE [THREADS]`

#![allow(clippy::print_stdout)]

use std::fs::File;
use std::time::Instant;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: decode FILE [THREADS]")?;
    if let Some(threads) = arguments.next() {
        rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    }
    let start = Instant::now();
    let groups = ParquetRecordBatchReaderBuilder::try_new(File::open(&path)?)?.metadata().num_row_groups();
    let rows = (0..groups)
        .into_par_iter()
        .map(|group| -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
            let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&path)?)?;
            let mask = ProjectionMask::columns(builder.parquet_schema(), ["actor", "target", "ts"]);
            let reader = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(8192).build()?;
            let mut rows = 0;
            for batch in reader {
                rows += std::hint::black_box(batch?).num_rows();
            }
            Ok(rows)
        })
        .try_reduce(|| 0, |left, right| Ok(left + right))?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{{\"rows\":{rows},\"seconds\":{seconds:.4}}}");
    Ok(())
}
