use std::time::{Duration, Instant};

use super::{Clock, Reading, Verdict};

/// A world of a steady clock, and a reference that tests set as they like.
struct World {
    start: Instant,
    passed: Duration,
    /// What the reference's clock is ahead of the steady one; below a million seconds it is behind.
    reference: Duration,
}

const HOUR: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

impl World {
    fn new() -> Self {
        Self { start: Instant::now(), passed: Duration::ZERO, reference: Duration::from_secs(1_000_000) }
    }

    fn moment(&self) -> Instant {
        self.start + self.passed
    }

    fn reading(&self) -> Reading {
        Reading { time: self.reference + self.passed, at: self.moment(), within: Duration::ZERO }
    }

    /// So long later; the clock never fell meanwhile.
    fn pass(&mut self, clock: &Clock, long: Duration) {
        for _ in 0..20 {
            let before = clock.at(self.moment());
            self.passed += long / 20;
            assert!(clock.at(self.moment()) >= before);
        }
    }

    /// How far the clock is ahead of the reference, and behind it, in whole seconds.
    fn off(&self, clock: &Clock) -> (u64, u64) {
        let (ours, theirs) = (clock.at(self.moment()), self.reading().time);
        (ours.saturating_sub(theirs).as_secs(), theirs.saturating_sub(ours).as_secs())
    }
}

#[test]
fn a_machine_that_slept_is_right_again_after_two_readings() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    world.reference += HOUR;
    assert_eq!(clock.hear(world.reading()), Verdict::Doubted);
    world.pass(&clock, SECOND);
    assert_eq!(clock.hear(world.reading()), Verdict::Behind(HOUR));
    assert_eq!(world.off(&clock), (0, 0));
    assert_eq!(clock.hear(world.reading()), Verdict::Agrees);
}

#[test]
fn a_clock_that_is_ahead_runs_slowly_and_never_back() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    world.reference -= Duration::from_secs(300);
    assert_eq!(clock.hear(world.reading()), Verdict::Doubted);
    assert_eq!(clock.hear(world.reading()), Verdict::Ahead(Duration::from_secs(300)));
    world.pass(&clock, Duration::from_secs(300));
    assert_eq!(world.off(&clock), (150, 0));
    assert_eq!(clock.hear(world.reading()), Verdict::Agrees, "this is known");
    assert_eq!(clock.ahead(world.moment()).as_secs(), 150);
    world.pass(&clock, Duration::from_secs(300));
    assert_eq!(world.off(&clock), (0, 0));
    world.pass(&clock, HOUR);
    assert_eq!(world.off(&clock), (0, 0));
}

#[test]
fn a_clock_that_was_wrongly_held_ahead_is_right_at_once() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    let right = world.reference;
    world.reference -= HOUR;
    clock.hear(world.reading());
    assert_eq!(clock.hear(world.reading()), Verdict::Ahead(HOUR));
    world.pass(&clock, Duration::from_secs(60));
    world.reference = right;
    clock.hear(world.reading());
    assert_eq!(clock.hear(world.reading()), Verdict::Behind(HOUR));
    assert_eq!(world.off(&clock), (0, 0));
}

#[test]
fn one_odd_reading_moves_nothing() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    for odd in [world.reference + HOUR, world.reference - HOUR, world.reference + 24 * HOUR] {
        let right = std::mem::replace(&mut world.reference, odd);
        assert_eq!(clock.hear(world.reading()), Verdict::Doubted);
        world.reference = right;
        assert_eq!(clock.hear(world.reading()), Verdict::Agrees);
        assert_eq!(world.off(&clock), (0, 0));
    }
}

#[test]
fn small_differences_are_mended_at_once_and_noise_is_none() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    let ms = Duration::from_millis;
    for (more, within, verdict) in [
        (ms(0), ms(0), Verdict::Agrees),
        (ms(40), ms(50), Verdict::Agrees),
        (ms(40), ms(10), Verdict::Behind(ms(40))),
        (ms(900), ms(10), Verdict::Behind(ms(900))),
    ] {
        let reading = Reading { time: world.reading().time + more, within, ..world.reading() };
        assert_eq!(clock.hear(reading), verdict, "{more:?}");
        world.reference += if verdict == Verdict::Agrees { Duration::ZERO } else { more };
    }
    world.reference -= ms(500);
    assert_eq!(clock.hear(world.reading()), Verdict::Ahead(ms(500)));
    world.pass(&clock, SECOND);
    assert_eq!(clock.hear(world.reading()), Verdict::Agrees);
}

/// Ten minutes lie between the machines' own clocks; what one makes the other reads as if it were its own.
#[test]
fn machines_whose_clocks_are_wrong_agree_by_their_common_reference() {
    let world = World::new();
    let own = |reference: Duration| Reading { time: reference, at: world.start, within: Duration::ZERO };
    let minutes = Duration::from_mins(5);
    let nodes = [world.reference + minutes, world.reference - minutes].map(|wall| Clock::new(own(wall)));
    for clock in &nodes {
        clock.begin(world.reading());
    }
    let later = world.start + Duration::from_secs(20);
    let [made, read] = nodes.each_ref().map(|clock| (clock.at(world.start), clock.at(later)));
    let ticket_ends = made.0 + Duration::from_secs(30);
    assert!(read.1 < ticket_ends && read.1 > made.0);
    assert!(nodes[0].at(later + Duration::from_secs(10)) >= ticket_ends, "and not longer than that");
}

/// Correcting often does not lose what is below a millisecond.
#[test]
fn a_thousand_readings_a_little_off_keep_the_clock_right() {
    let mut world = World::new();
    let clock = Clock::new(world.reading());
    for n in 0..1_000_u64 {
        world.reference += Duration::from_micros(if n % 2 == 0 { 1_500 } else { 0 });
        clock.hear(world.reading());
        world.passed += Duration::from_micros(1_234_567);
        assert!(world.reading().time.abs_diff(clock.at(world.moment())) <= Duration::from_millis(2), "{n}");
    }
}
