//! Something with cores that jobs queue for, first come first served.

/// A machine, or a Redis server.
#[derive(Debug, Clone)]
pub struct Queue {
    /// When each core is free again, in seconds.
    free: Vec<f64>,
    /// What part of each core is left by the traffic that goes on.
    left: f64,
}

impl Queue {
    /// So many cores, of each of which `background` (0 to 1) is taken.
    #[must_use]
    pub fn new(cores: usize, background: f64) -> Self {
        Self { free: vec![0.0; cores.max(1)], left: (1.0 - background).max(0.01) }
    }

    /// A job that needs a core for so long, come at `now`; the answer is when it is done. Jobs must come in order.
    pub fn serve(&mut self, now: f64, seconds: f64) -> f64 {
        let first = self.free.iter_mut().min_by(|a, b| a.total_cmp(b));
        let lasts = seconds / self.left;
        first.map_or(now, |free| {
            *free = free.max(now) + lasts;
            *free
        })
    }

    /// Nothing is begun before.
    pub fn hold_until(&mut self, moment: f64) {
        for free in &mut self.free {
            *free = free.max(moment);
        }
    }
}
