//! The axis of a chart: round steps from zero, in whole units.

/// An axis with its ticks. Everything is a whole number: a pixel more or less cannot be seen, a rounded amount can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    low: i64,
    high: i64,
    step: i64,
}

/// At most so many steps between the ends.
const STEPS: i64 = 5;

impl Scale {
    /// An axis that holds the values and zero, with steps of at least `unit`.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = i64>, unit: i64) -> Self {
        let (mut low, mut high) = (0, 0);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        let unit = unit.max(1);
        if low == 0 && high == 0 {
            return Self {
                low: 0,
                high: unit,
                step: unit,
            };
        }
        let mut step = round_step(high.saturating_sub(low) / STEPS, unit);
        // Rounding the ends outwards may need one step more than there is room for.
        while steps(low, high, step) > STEPS {
            step = round_step(step.saturating_add(1), unit);
        }
        Self {
            low: low.div_euclid(step).saturating_mul(step),
            high: high.saturating_add(step - 1).div_euclid(step).saturating_mul(step),
            step,
        }
    }

    /// The ticks, the highest first.
    #[must_use]
    pub fn ticks(&self) -> Vec<i64> {
        let mut ticks = Vec::new();
        let mut tick = self.high;
        while tick >= self.low {
            ticks.push(tick);
            let Some(next) = tick.checked_sub(self.step) else { break };
            tick = next;
        }
        ticks
    }

    /// How far below the top of a picture of this height a value is.
    #[must_use]
    pub fn y(&self, value: i64, height: i64) -> i64 {
        let below = i128::from(self.high) - i128::from(value);
        let whole = (i128::from(self.high) - i128::from(self.low)).max(1);
        i64::try_from(below * i128::from(height) / whole).unwrap_or(0)
    }
}

fn steps(low: i64, high: i64, step: i64) -> i64 {
    let up = high.saturating_add(step - 1).div_euclid(step);
    up - low.div_euclid(step)
}

/// The smallest of 1, 2, 2.5, 5 and their tenfolds of the unit that is not below the given step; 2.5 only where whole.
fn round_step(least: i64, unit: i64) -> i64 {
    let mut decade = unit;
    loop {
        for (times, part) in [(1, 1), (2, 1), (5, 2), (5, 1)] {
            let step = decade.saturating_mul(times) / part;
            let is_whole = part == 1 || decade % (unit * part) == 0;
            if is_whole && step >= least {
                return step;
            }
        }
        let Some(next) = decade.checked_mul(10) else { return i64::MAX };
        decade = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_ticks_from_zero() {
        let cases: [(&[i64], i64, &[i64]); 8] = [
            (&[9_230, 4_870], 1, &[10_000, 8_000, 6_000, 4_000, 2_000, 0]),
            (&[1_284_904], 1, &[1_500_000, 1_000_000, 500_000, 0]),
            (&[3], 1, &[3, 2, 1, 0]),
            (&[1], 1, &[1, 0]),
            (&[7], 1, &[8, 6, 4, 2, 0]),
            (&[], 100, &[100, 0]),
            (&[23_456], 100, &[25_000, 20_000, 15_000, 10_000, 5_000, 0]),
            (&[100, -250], 1, &[100, 0, -100, -200, -300]),
        ];
        for (values, unit, want) in cases {
            let got = Scale::around(values.iter().copied(), unit).ticks();
            assert_eq!(got, want, "{values:?}");
            assert!(got.len() <= 6 && got.contains(&0), "{got:?}");
        }
    }

    #[test]
    fn every_value_is_within_its_axis() {
        for high in [1, 2, 9, 10, 11, 99, 101, 12_345, 987_654_321, (1 << 53) - 1] {
            for low in [0, -1, -77, -(high / 3)] {
                let scale = Scale::around([low, high], 1);
                let ticks = scale.ticks();
                assert!(ticks.len() <= 7, "{ticks:?}");
                assert!(
                    ticks.first().is_some_and(|top| *top >= high) && ticks.last().is_some_and(|end| *end <= low),
                    "{low} {high} {ticks:?}"
                );
                assert!((0..=300).contains(&scale.y(high, 300)) && (0..=300).contains(&scale.y(low, 300)));
            }
        }
    }

    #[test]
    fn heights_are_in_proportion() {
        let scale = Scale::around([10], 1);
        assert_eq!((scale.y(0, 300), scale.y(5, 300), scale.y(10, 300)), (300, 150, 0));
    }
}
