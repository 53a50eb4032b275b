//! Quantiles of the chi-square distribution at the ends of intervals of 68 % to 99 %.

use super::repeat;
use sigmatau_stability::interval::chi_squared_quantile;
use std::hint::black_box;

pub(super) fn quantiles() {
    repeat(10, || {
        for nu in [0.7, 1.0, 2.5, 7.0, 30.0, 135.07, 1e4, 4.2e6] {
            for probability in [0.005, 0.025, 0.1585, 0.8415, 0.975, 0.995] {
                black_box(chi_squared_quantile(black_box(probability), nu));
            }
        }
    });
}
