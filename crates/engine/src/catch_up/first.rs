//! The first of what is met in no order: a list of millions is read through without being kept.

/// Keeps the first so many, each with its place in the order.
pub struct First<K, T> {
    most: usize,
    kept: Vec<(K, T)>,
    /// The last place that counts, once so many are kept.
    last: Option<K>,
    met: usize,
}

impl<K: Copy + Ord, T> First<K, T> {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            kept: Vec::new(),
            last: None,
            met: 0,
        }
    }

    /// Meets another one.
    pub fn push(&mut self, place: K, item: T) {
        self.met += 1;
        if self.last.is_some_and(|last| place > last) {
            return;
        }
        self.kept.push((place, item));
        // Sorted now and then, so that each costs little.
        if self.kept.len() > self.most.saturating_mul(2).saturating_add(100) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.kept.sort_unstable_by_key(|(place, _)| *place);
        self.kept.truncate(self.most);
        self.last = self.kept.last().filter(|_| self.kept.len() == self.most).map(|(place, _)| *place);
    }

    /// The place after which nothing is kept any more; none while there is room.
    pub fn last(&mut self) -> Option<K> {
        if self.kept.len() >= self.most {
            self.cut();
        }
        self.last
    }

    /// How many it has met.
    pub fn met(&self) -> usize {
        self.met
    }

    /// The first of them, in order.
    pub fn finish(mut self) -> Vec<(K, T)> {
        self.cut();
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_sorting_everything_would_put_first() {
        for most in [0, 1, 7, 200, 5_000] {
            // All numbers up to 4,000, each once, in no order.
            let all: Vec<u64> = (0..4_001).map(|number| number * 1_777 % 4_001).collect();
            let mut first = First::new(most);
            for number in &all {
                first.push(*number, *number + 1);
            }
            assert_eq!(first.met(), all.len());
            let wanted: Vec<(u64, u64)> = (0..4_001).take(most).map(|number| (number, number + 1)).collect();
            let last = first.last();
            assert_eq!(first.finish(), wanted, "{most}");
            let is_full = most <= all.len();
            assert_eq!(last, wanted.last().filter(|_| is_full).map(|(place, _)| *place), "{most}");
        }
    }

    #[test]
    fn it_never_holds_much_more_than_it_keeps() {
        let mut first = First::new(10);
        for number in (0..100_000_u32).rev() {
            first.push(number, ());
            assert!(first.kept.len() <= 121);
        }
        assert_eq!(first.finish().len(), 10);
    }
}
