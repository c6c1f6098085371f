//! Rounds that alternate, and what they come to.

use rustix::time::{ClockId, clock_gettime};

use crate::inputs::Input;

/// Rounds of a whole run.
const ROUNDS: usize = 9;

/// One way of doing the work. It returns the bytes of its output, so that none of it can be left out.
pub struct Variant<'a> {
    /// Its name in the table.
    pub name: &'static str,
    run: Box<dyn FnMut(&Input) -> usize + 'a>,
}

impl<'a> Variant<'a> {
    /// A variant of that name.
    pub fn new(name: &'static str, run: impl FnMut(&Input) -> usize + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// CPU seconds by variant, round and input.
pub struct Times {
    names: Vec<&'static str>,
    inputs: Vec<(String, usize)>,
    seconds: Vec<Vec<Vec<f64>>>,
}

/// The thread's CPU time in seconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of one run are far below 2^52")]
pub fn cpu_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// Runs every variant on every input, in turn, round after round. The first round is not counted.
#[must_use]
pub fn run(inputs: &[Input], variants: &mut [Variant<'_>]) -> Times {
    let rounds = if crate::is_quick() { 1 } else { ROUNDS };
    let mut seconds = vec![vec![vec![0.0; inputs.len()]; rounds]; variants.len()];
    for round in 0..=rounds {
        for (at, input) in inputs.iter().enumerate() {
            for turn in 0..variants.len() {
                let which = (turn + round) % variants.len();
                let Some(variant) = variants.get_mut(which) else { continue };
                let begun = cpu_seconds();
                std::hint::black_box((variant.run)(std::hint::black_box(input)));
                let took = cpu_seconds() - begun;
                let place = round.checked_sub(1).and_then(|round| seconds.get_mut(which)?.get_mut(round)?.get_mut(at));
                if let Some(place) = place {
                    *place = took;
                }
            }
        }
    }
    let inputs = inputs.iter().map(|input| (input.name.clone(), input.bytes.len())).collect();
    Times { names: variants.iter().map(|variant| variant.name).collect(), inputs, seconds }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of inputs are far below 2^52")]
impl Times {
    fn of(&self, name: &str) -> &[Vec<f64>] {
        let at = self.names.iter().position(|known| *known == name);
        at.and_then(|at| self.seconds.get(at)).map_or(&[], Vec::as_slice)
    }

    fn bytes(&self) -> f64 {
        self.inputs.iter().map(|(_, bytes)| *bytes as f64).sum()
    }

    /// Megabytes of input a second, over all inputs.
    #[must_use]
    pub fn rate(&self, name: &str) -> f64 {
        median(self.of(name).iter().map(|round| self.bytes() / 1e6 / round.iter().sum::<f64>()).collect())
    }

    /// How much faster one is than another, over all inputs.
    #[must_use]
    pub fn ratio(&self, ours: &str, peer: &str) -> f64 {
        let sum = |round: &Vec<f64>| round.iter().sum::<f64>();
        median(self.of(ours).iter().zip(self.of(peer)).map(|(ours, peer)| sum(peer) / sum(ours)).collect())
    }

    /// The same, for each input by itself: name, bytes, ratio; the worst first.
    #[must_use]
    pub fn ratios(&self, ours: &str, peer: &str) -> Vec<(&str, usize, f64)> {
        let at = |round: &Vec<f64>, at: usize| round.get(at).copied().unwrap_or(f64::NAN);
        let rounds = || self.of(ours).iter().zip(self.of(peer));
        let inputs = self.inputs.iter().enumerate();
        let mut all: Vec<_> = inputs
            .map(|(input, (name, bytes))| {
                let ratio = median(rounds().map(|(ours, peer)| at(peer, input) / at(ours, input)).collect());
                (name.as_str(), *bytes, ratio)
            })
            .collect();
        all.sort_by(|a, b| a.2.total_cmp(&b.2));
        all
    }

    /// A row for each variant beside the first, and the five inputs on which the first does worst beside `peer`.
    pub fn print(&self, peer: &str) {
        let Some(ours) = self.names.first() else { return };
        println!("{:<42} {:>10} {:>12}", "variant", "MB/s", "ours / it");
        for name in &self.names {
            println!("{name:<42} {:>10.1} {:>12.2}", self.rate(name), self.ratio(ours, name));
        }
        println!("worst inputs beside {peer}:");
        for (name, bytes, ratio) in self.ratios(ours, peer).into_iter().take(5) {
            println!("  {name:<40} {:>10.1} {ratio:>12.2}", bytes as f64 / 1e3);
        }
    }

    /// The line that a bench ends with.
    pub fn print_last(&self, bench: &str, peer: &str) {
        let Some(ours) = self.names.first() else { return };
        let (x, y, ratio) = (self.rate(ours), self.rate(peer), self.ratio(ours, peer));
        println!("{bench}: ours {x:.1} MB/s, peer {y:.1} MB/s, ratio {ratio:.2}");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
